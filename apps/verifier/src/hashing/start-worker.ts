interface ScriptPolicy {
  createScriptURL(url: string): string;
}
interface TrustedTypes {
  createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy;
}

let policy: ScriptPolicy | null = null;

/**
 * A worker from text, since one file has no second one to load. The page's content policy asks for trusted types, so that
 * nothing else can ever become a script.
 */
export function startWorker(source: string): Worker {
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(trusted(url));
  // The worker has begun to load by the time that a message from it is here.
  worker.addEventListener('message', () => URL.revokeObjectURL(url), { once: true });
  return worker;
}

function trusted(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (trustedTypes === undefined) return url;
  policy ??= trustedTypes.createPolicy('liuhen-worker', { createScriptURL: (given) => given });
  return policy.createScriptURL(url);
}
