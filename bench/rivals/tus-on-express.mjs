// The rival: @tus/server with its file store, mounted on Express, as its documentation shows. Run as a process.
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';
import express from 'express';

const [directory = '', port] = process.argv.slice(2);
const app = express();
const uploads = express();
const server = new Server({ path: '/uploads', datastore: new FileStore({ directory }) });
uploads.all('/{*path}', server.handle.bind(server));
app.get('/health', (_, response) => response.end('ok'));
app.use('/uploads', uploads);
app.listen(Number(port), '127.0.0.1');
process.once('disconnect', () => process.exit(0));
