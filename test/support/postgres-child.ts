// Starts an embedded PostgreSQL, says its pid and waits to be killed.
import { startEmbeddedPostgres } from '../../libs/persistence/src/embedded-postgres.js';

const server = await startEmbeddedPostgres({ dir: process.argv[2] ?? '' });
console.log(server.pid);
setInterval(() => undefined, 1_000);
