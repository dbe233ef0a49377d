import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '#persistence';
import { type Running, start, untilAnswers } from '../process.js';

/** nginx taking PUT by its WebDAV module: about as little work as a server can do. */
export async function startNginx(dir: string): Promise<Running & { readonly url: string; readonly files: string }> {
  const files = join(dir, 'files');
  await mkdir(files, { recursive: true });
  const port = await freePort();
  const configuration = `
    daemon off; master_process off; pid ${dir}/pid; error_log ${dir}/error.log;
    events { worker_connections 64; }
    http {
      access_log off; client_max_body_size 0; client_body_temp_path ${dir}/temp;
      server {
        listen 127.0.0.1:${port}; root ${files};
        location / { dav_methods PUT DELETE; create_full_put_path on; }
      }
    }`;
  await writeFile(join(dir, 'nginx.conf'), configuration);
  const nginx = start('nginx', ['-c', join(dir, 'nginx.conf'), '-e', join(dir, 'error.log')]);
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(url);
  return { ...nginx, url, files };
}
