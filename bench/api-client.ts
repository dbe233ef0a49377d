import { setTimeout as sleep } from 'node:timers/promises';
import type { AssetView, CaseView, Session } from '#contract';

/** Speaks to the API as curl would: a bearer token and JSON. */
export class ApiClient {
  readonly url: string;
  readonly token: string;
  readonly accountId: string;

  private constructor(url: string, session: Session) {
    this.url = `${url}/api/v1`;
    this.token = session.token ?? '';
    this.accountId = session.account.id;
  }

  /** Signs in; a one-time password is changed first. */
  static async signIn(url: string, login: string, password: string): Promise<ApiClient> {
    const once = await ApiClient.#open(url, login, password);
    if (!once.session.account.mustChangePassword) return once.client;
    await once.client.send('POST', '/session/password', { current: password, next: `${password}-2` });
    return (await ApiClient.#open(url, login, `${password}-2`)).client;
  }

  static async #open(url: string, login: string, password: string): Promise<{ client: ApiClient; session: Session }> {
    const response = await fetch(`${url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ login, password }),
    });
    if (response.status !== 201) throw new Error(`sign-in: ${response.status} ${await response.text()}`);
    const session = (await response.json()) as Session;
    return { client: new ApiClient(url, session), session };
  }

  get authorization(): Record<string, string> {
    return { Authorization: `Bearer ${this.token}` };
  }

  async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: { ...this.authorization, ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** A new case, and its step for recordings. */
  async openCase(number: string): Promise<{ readonly caseId: string; readonly occurrenceId: string }> {
    const wish = { procedureId: 'administrative-penalty-ordinary', number, title: '某餐饮店涉嫌无证经营案' };
    const { id, occurrences } = await this.send<CaseView>('POST', '/cases', wish);
    const step = occurrences.find(({ stepId }) => stepId === 'site-inspection');
    if (step === undefined) throw new Error('the procedure has no site inspection');
    return { caseId: id, occurrenceId: step.id };
  }

  /** Asks until the asset is as wanted, to within a fiftieth of the time it takes: asking costs the work its cores. */
  async untilAsset(id: string, isAsWanted: (asset: AssetView) => boolean, timeoutMs = 600_000): Promise<AssetView> {
    const began = Date.now();
    const deadline = began + timeoutMs;
    for (;;) {
      const asset = await this.send<AssetView>('GET', `/assets/${id}`);
      if (isAsWanted(asset)) return asset;
      if (Date.now() > deadline) throw new Error(`asset ${id} is ${asset.custody}, ${asset.viewing.state}`);
      await sleep(Math.max(10, (Date.now() - began) / 50));
    }
  }
}
