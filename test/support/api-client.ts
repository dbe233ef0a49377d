import type { Problem, Session } from '#contract';

/** Speaks to the API as curl would: a bearer token, JSON, no browser. */
export class ApiClient {
  readonly url: string;
  readonly session: Session;

  constructor(url: string, session: Session) {
    this.url = url;
    this.session = session;
  }

  /** Signs in and, where a one-time password has to be changed first, changes it. */
  static async signIn(url: string, login: string, password: string): Promise<ApiClient> {
    const once = await ApiClient.open(url, login, password);
    if (!once.session.account.mustChangePassword) return once;
    await once.send('POST', '/session/password', { current: password, next: `${password}!` });
    return await ApiClient.open(url, login, `${password}!`);
  }

  /** @throws when refused */
  static async open(url: string, login: string, password: string): Promise<ApiClient> {
    const response = await fetch(`${url}/api/v1/sessions`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ login, password }),
    });
    if (response.status !== 201) throw new Error(`sign-in: ${response.status} ${await response.text()}`);
    return new ApiClient(url, (await response.json()) as Session);
  }

  get authorization(): Record<string, string> {
    return { Authorization: `Bearer ${this.session.token}` };
  }

  /** Any request; the answer as it is. */
  async raw(
    method: string,
    path: string,
    init: { headers?: Record<string, string>; body?: string | Uint8Array<ArrayBuffer> } = {},
  ): Promise<Response> {
    return await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { ...this.authorization, ...init.headers },
      ...(init.body === undefined ? {} : { body: init.body }),
    });
  }

  /** JSON in, JSON out; throws the problem when refused. */
  async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await this.raw(
      method,
      path,
      body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) },
    );
    const text = await response.text();
    if (!response.ok) throw new Refused(text === '' ? null : (JSON.parse(text) as Problem), response.status);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Uploads bytes in one PATCH; returns the asset id. */
  async upload(bytes: Buffer, metadata: Record<string, string>): Promise<string> {
    const encoded = Object.entries(metadata).map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`);
    const created = await this.raw('POST', '/uploads', {
      headers: {
        'Tus-Resumable': '1.0.0',
        'Upload-Length': String(bytes.length),
        'Upload-Metadata': encoded.join(','),
        ...(bytes.length > 0 ? { 'Content-Type': 'application/offset+octet-stream' } : {}),
      },
      ...(bytes.length > 0 ? { body: new Uint8Array(bytes) } : {}),
    });
    if (created.status !== 201) throw new Refused((await created.json()) as Problem, created.status);
    return created.headers.get('location')?.split('/').at(-1) ?? '';
  }
}

/** A problem answer, for tests that expect one. */
export class Refused extends Error {
  readonly problem: Problem | null;
  readonly status: number;

  constructor(problem: Problem | null, status: number) {
    super(`${status} ${problem?.code ?? ''} ${JSON.stringify(problem?.details ?? {})}`);
    this.problem = problem;
    this.status = status;
  }
}
