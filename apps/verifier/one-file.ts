// Makes one HTML file of a page: script, styles and worker inside, and a content policy that lets nothing else run.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { build, defaultClientConditions, type InlineConfig, type Plugin } from 'vite';

const ROOT = import.meta.dirname;
const WORKER = 'virtual:hash-worker';
/** `#tlog` and the others are read as source: one build, no order among libs. */
const resolve = { conditions: ['source', ...defaultClientConditions] };

/**
 * @param page an HTML file in this folder
 * @param result the name of what is made of it, in `outDir`
 */
export function oneFileConfig(page: string, result: string, outDir: string): InlineConfig {
  return {
    configFile: false,
    root: ROOT,
    resolve,
    plugins: [hashWorker(), oneFile(page, result)],
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      modulePreload: false,
      cssCodeSplit: false,
      assetsInlineLimit: 0,
      rolldownOptions: { input: join(ROOT, page) },
    },
  };
}

/** The worker's script as text, built apart. */
function hashWorker(): Plugin {
  return {
    name: 'hash-worker',
    resolveId: (id) => (id === WORKER ? `\0${WORKER}` : null),
    async load(id) {
      if (id !== `\0${WORKER}`) return null;
      const entry = join(ROOT, 'src/hashing/hash-worker.ts');
      const lib = { entry, formats: ['iife' as const], name: 'hashWorker' };
      const built = await build({
        configFile: false,
        root: ROOT,
        resolve,
        logLevel: 'warn',
        build: { write: false, target: 'es2022', lib },
      });
      const [{ output }] = (Array.isArray(built) ? built : [built]) as [{ output: { code?: string }[] }];
      return `export default ${JSON.stringify(output[0]?.code ?? '')};`;
    },
  };
}

function oneFile(page: string, result: string): Plugin {
  return {
    name: 'one-file',
    enforce: 'post',
    generateBundle(_, bundle) {
      const html = bundle[page];
      const parts = Object.values(bundle).filter((part) => part !== html);
      const script = parts.flatMap((part) => (part.type === 'chunk' ? [part.code] : []));
      const styles = parts.flatMap((part) =>
        part.fileName.endsWith('.css') && part.type === 'asset' ? [text(part.source)] : [],
      );
      if (html?.type !== 'asset' || script.length !== 1 || parts.length !== script.length + styles.length)
        throw new Error(`one script and styles were expected, not ${Object.keys(bundle).join(', ')}`);
      for (const { fileName } of Object.values(bundle)) delete bundle[fileName];
      const source = joined(text(html.source), inScript(script[0] ?? ''), styles.join('').trim());
      this.emitFile({ type: 'asset', fileName: result, source });
    },
  };
}

const text = (source: string | Uint8Array): string =>
  typeof source === 'string' ? source : Buffer.from(source).toString('utf8');

/** What would end the element or begin a comment, written so that it does not (HTML §4.12.1.3). */
function inScript(code: string): string {
  return code.trim().replace(/<(?=\/script|!--)/gi, '\\x3C');
}

function joined(html: string, script: string, styles: string): string {
  const policy = [
    "default-src 'none'",
    `script-src ${hashSource(script)}`,
    `style-src ${hashSource(styles)}`,
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types liuhen-worker',
  ].join('; ');
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}" />`;
  return html
    .replace(/[ \t]*<(?:script|link)[^>]*>(?:<\/script>)?\n?/g, '')
    .replace('<meta charset="utf-8" />', (charset) => `${charset}\n    ${meta}`)
    .replace('</head>', () => `<style>${styles}</style>\n  </head>`)
    .replace('</body>', () => `<script type="module">${script}</script>\n  </body>`);
}

function hashSource(content: string): string {
  return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
}
