import type { Account } from '#contract';
import { ERROR_TEXT, newId } from '#domain';
import { ApiClient, type RunningApi, runApi } from '../../support/running-api.js';
import { type AnotherServer, serve } from './another-server.js';
import { type Answer, ask, json } from './wire.js';

const PASSWORD = 'correct horse battery!';
const MINUTE_MS = 60_000;

describe('sessions', () => {
  let api: RunningApi;
  /** Behind a proxy that ends TLS, and that is trusted to say whose request it is. */
  let secure: AnotherServer;
  let chief: ApiClient;

  beforeAll(async () => {
    api = await runApi();
    secure = await serve(api.archive, { isSecure: true, trustedProxies: ['127.0.0.1'] });
    chief = await api.signIn(['administrator']);
  });
  afterAll(async () => {
    expect((await api.archive.system.check.run()).findings).toEqual([]);
    await secure.stop();
    await api.stop();
  });

  const post = (url: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    ask(
      url,
      { method: 'POST', path: `/api/v1${path}`, headers: { 'Content-Type': 'application/json', ...headers } },
      Buffer.from(JSON.stringify(body)),
    );
  const signIn = (login: string, password = PASSWORD, headers: Record<string, string> = {}, url = api.url) =>
    post(url, '/sessions', { login, password }, headers);
  const cookieOf = (answer: Answer): string => (answer.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
  const status = async (client: ApiClient, path = '/session'): Promise<number> =>
    (await client.raw('GET', path)).status;
  const newOfficer = async (): Promise<ApiClient> => await api.signIn(['officer']);

  describe('the cookie', () => {
    it('over TLS: __Host-, Secure, HttpOnly, SameSite=Strict, for the whole site, no domain; and HSTS', async () => {
      const { login } = (await newOfficer()).session.account;
      const answer = await signIn(login, PASSWORD, {}, secure.url);
      const [cookie = '', ...rest] = answer.headers['set-cookie'] ?? [];
      expect(rest).toEqual([]);
      const [pair = '', ...flags] = cookie.split('; ');
      expect(pair).toMatch(/^__Host-liuhen=[A-Za-z0-9_-]{43}$/);
      expect(flags.map((flag) => flag.replace(/^Expires=.*/, 'Expires')).sort()).toEqual([
        'Expires',
        'HttpOnly',
        'Path=/',
        'SameSite=Strict',
        'Secure',
      ]);
      expect(answer.headers['strict-transport-security']).toMatch(/^max-age=\d{8}/);
      expect(answer.headers['cache-control']).toBe('no-store');
    });

    it('on plain loopback: the same without the prefix, and no HSTS', async () => {
      const { login } = (await newOfficer()).session.account;
      const answer = await signIn(login);
      expect(answer.headers['set-cookie']?.[0]).toMatch(
        /^liuhen=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict; Expires=/,
      );
      expect(answer.headers['strict-transport-security']).toBeUndefined();
    });

    it('opens the session; signing out ends it on the server and takes the cookie away', async () => {
      const { login } = (await newOfficer()).session.account;
      const Cookie = cookieOf(await signIn(login));
      const whoAmI = () =>
        ask(api.url, { method: 'GET', path: '/api/v1/session', headers: { Cookie: `a=b; ${Cookie}; c=d` } });
      expect(json(await whoAmI())).toMatchObject({ account: { login } });
      const out = await ask(api.url, {
        method: 'DELETE',
        path: '/api/v1/session',
        headers: { Cookie, 'X-Liuhen': '1' },
      });
      expect(out.status).toBe(204);
      expect(out.headers['set-cookie']?.[0]).toMatch(/^liuhen=; .*Expires=Thu, 01 Jan 1970 00:00:00 GMT/);
      expect((await whoAmI()).status).toBe(401);
    });

    it('the answer to a wrong or missing token names the way in', async () => {
      for (const headers of [
        {},
        { Authorization: 'Bearer aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' },
        { Cookie: 'liuhen=%00' },
        { Authorization: 'Basic YTpi' },
      ]) {
        const answer = await ask(api.url, { method: 'GET', path: '/api/v1/session', headers });
        expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer realm="liuhen"']);
      }
    });
  });

  describe('requests other sites cause', () => {
    let Cookie: string;
    let bearer: Record<string, string>;

    beforeAll(async () => {
      const officer = await newOfficer();
      bearer = officer.authorization;
      Cookie = cookieOf(await signIn(officer.session.account.login));
    });

    const own = () => ({ Origin: api.url, 'Sec-Fetch-Site': 'same-origin', 'X-Liuhen': '1' });
    const changes: [string, (headers: Record<string, string>) => Promise<Answer>][] = [
      ['POST /cases', (headers) => post(api.url, '/cases', { procedureId: 'x', number: 'x', title: 'x' }, headers)],
      [
        'DELETE /uploads/:id',
        (headers) =>
          ask(api.url, {
            method: 'DELETE',
            path: '/api/v1/uploads/01890a5d-ac96-774b-bcce-b302099a8057',
            headers: { 'Tus-Resumable': '1.0.0', ...headers },
          }),
      ],
      [
        'POST /uploads',
        (headers) =>
          ask(api.url, {
            method: 'POST',
            path: '/api/v1/uploads',
            headers: { 'Tus-Resumable': '1.0.0', 'Upload-Length': 'x', ...headers },
          }),
      ],
      [
        'GET overridden to DELETE',
        (headers) =>
          ask(api.url, {
            method: 'GET',
            path: '/api/v1/uploads/01890a5d-ac96-774b-bcce-b302099a8057',
            headers: { 'Tus-Resumable': '1.0.0', 'X-HTTP-Method-Override': 'DELETE', ...headers },
          }),
      ],
    ];

    describe.each(changes)('%s with a cookie', (_, change) => {
      it.each([
        ['a foreign Origin', { Origin: 'https://evil.example' }],
        ['an Origin of the same host at another port', { Origin: 'http://127.0.0.1:1' }],
        ['Origin: null', { Origin: 'null' }],
        ['Sec-Fetch-Site: cross-site', { 'Sec-Fetch-Site': 'cross-site' }],
        ['Sec-Fetch-Site: same-site', { 'Sec-Fetch-Site': 'same-site' }],
        ['no X-Liuhen', { 'X-Liuhen': '' }],
        ['another X-Liuhen', { 'X-Liuhen': '0' }],
      ])('%s is refused', async (_name, headers) => {
        const answer = await change({ Cookie, ...own(), ...headers });
        expect([answer.status, json(answer).code]).toEqual([403, 'cross-site']);
      });

      it('from our own page it is heard', async () => {
        expect(json(await change({ Cookie, ...own() })).code).toMatch(/not-found|invalid-input/);
        expect(json(await change({ Cookie, 'X-Liuhen': '1' })).code).toMatch(/not-found|invalid-input/);
      });

      it('with a bearer token, which no other site has, none of this matters', async () => {
        const answer = await change({ ...bearer, Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' });
        expect(json(answer).code).toMatch(/not-found|invalid-input/);
      });
    });

    it.each(['cross-site', 'same-site'])(
      '%s pages cannot embed what a cookie shows; following a link works',
      async (site) => {
        const get = (mode: string) =>
          ask(api.url, {
            method: 'GET',
            path: '/api/v1/session',
            headers: { Cookie, 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': mode },
          });
        expect((await get('no-cors')).status).toBe(403);
        expect((await get('cors')).status).toBe(403);
        expect((await get('navigate')).status).toBe(200);
      },
    );

    it.each([
      { Origin: 'https://evil.example' },
      { Origin: 'https://evil.example', 'X-Liuhen': '1' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site', 'X-Liuhen': '1' },
      { 'Sec-Fetch-Site': 'same-origin' },
    ])('another site cannot sign a visitor in (login CSRF): %j', async (headers: Record<string, string>) => {
      const { login } = chief.session.account;
      const answer = await signIn(login, PASSWORD, headers);
      expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
    });

    it('a form cannot send what sign-in understands', async () => {
      const body = Buffer.from(`login=${chief.session.account.login}&password=${PASSWORD}`);
      for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data']) {
        const answer = await ask(
          api.url,
          { method: 'POST', path: '/api/v1/sessions', headers: { 'Content-Type': type } },
          body,
        );
        expect([answer.status, answer.headers['set-cookie']]).toEqual([400, undefined]);
      }
    });
  });

  describe('changes that count at once', () => {
    it('a disabled account is out with its next request, and cannot come back', async () => {
      const officer = await newOfficer();
      const { id, login } = officer.session.account;
      expect(await status(officer)).toBe(200);
      await chief.send('PATCH', `/accounts/${id}`, { disabled: true });
      expect(await status(officer)).toBe(401);
      const again = await signIn(login);
      expect([again.status, json(again).code]).toEqual([401, 'wrong-credentials']);
      await chief.send('PATCH', `/accounts/${id}`, { disabled: false });
      expect(await status(officer)).toBe(401);
      expect((await signIn(login)).status).toBe(201);
    });

    it('a reset password ends all sessions; the one-time password opens nothing but its own change', async () => {
      const officer = await newOfficer();
      const { id, login } = officer.session.account;
      const { oneTimePassword } = await chief.send<{ oneTimePassword: string }>('PATCH', `/accounts/${id}`, {
        resetPassword: true,
      });
      expect(await status(officer)).toBe(401);
      expect((await signIn(login)).status).toBe(401);
      const once = new ApiClient(api.url, json(await signIn(login, oneTimePassword)) as never);
      expect([await status(once), await status(once, '/cases')]).toEqual([200, 403]);
      await once.send('POST', '/session/password', { current: oneTimePassword, next: 'a new password' });
      expect(await status(once, '/cases')).toBe(200);
      expect((await signIn(login, oneTimePassword)).status).toBe(401);
    });

    it('a station has a token and no password: it does not idle out, and ends with the next token or its account', async () => {
      const login = `dock-${newId().slice(-12)}`;
      const { unitId } = chief.session.account;
      const wish = { login, name: '一号采集站', roles: ['station'], unitId, password: PASSWORD };
      type Made = { account: Account; oneTimePassword: null; stationToken: { token: string; expiresAt: string } };
      const made = await chief.send<Made>('POST', '/accounts', wish);
      const clientOf = ({ account, stationToken }: Made) =>
        new ApiClient(api.url, { account, ...stationToken, zoneMinutes: 480 });
      expect([made.oneTimePassword, made.account.mustChangePassword]).toEqual([null, false]);
      // Not even by the password that was sent along.
      expect((await signIn(login, PASSWORD)).status).toBe(401);
      const station = clientOf(made);
      expect(await status(station)).toBe(200);
      const renewed = await chief.send<Made>('PATCH', `/accounts/${made.account.id}`, { resetPassword: true });
      expect(renewed.oneTimePassword).toBeNull();
      const next = clientOf(renewed);
      expect([await status(station), await status(next)]).toEqual([401, 200]);
      await chief.send('PATCH', `/accounts/${made.account.id}`, { disabled: true });
      expect(await status(next)).toBe(401);
      const disabled = await chief.send<Made>('PATCH', `/accounts/${made.account.id}`, { resetPassword: true });
      expect(disabled.stationToken).toBeNull();
    });

    it('a station has no other role, and no person becomes one', async () => {
      const officer = await newOfficer();
      const { id, unitId } = officer.session.account;
      const both = { login: 'dock-both', name: '采集站', roles: ['station', 'officer'], unitId };
      await expect(chief.send('POST', '/accounts', both)).rejects.toMatchObject({ status: 400 });
      await expect(chief.send('PATCH', `/accounts/${id}`, { roles: ['station'] })).rejects.toMatchObject({
        status: 412,
      });
    });

    it('a changed password ends the other sessions, not this one', async () => {
      const officer = await newOfficer();
      const other = await ApiClient.signIn(api.url, officer.session.account.login, PASSWORD);
      await officer.send('POST', '/session/password', { current: PASSWORD, next: 'a new password' });
      expect([await status(officer), await status(other)]).toEqual([200, 401]);
      await expect(
        officer.send('POST', '/session/password', { current: 'a new password', next: 'short' }),
      ).rejects.toMatchObject({ status: 400 });
    });

    it('roles and unit count from the next request on', async () => {
      const officer = await newOfficer();
      const { id } = officer.session.account;
      const open = async () => (await officer.raw('GET', '/system')).status;
      expect(await open()).toBe(403);
      await chief.send('PATCH', `/accounts/${id}`, { roles: ['supervisor'] });
      expect(await open()).toBe(200);
      await chief.send('PATCH', `/accounts/${id}`, { roles: ['officer'] });
      expect(await open()).toBe(403);
    });

    it('an administrator cannot shut himself out', async () => {
      const { id } = chief.session.account;
      await expect(chief.send('PATCH', `/accounts/${id}`, { disabled: true })).rejects.toMatchObject({ status: 412 });
      await expect(chief.send('PATCH', `/accounts/${id}`, { roles: ['officer'] })).rejects.toMatchObject({
        status: 412,
      });
    });
  });

  describe('guessing', () => {
    /** Addresses from the documentation range, one for each test: an address is throttled too. */
    const from = (n: number) => ({ 'X-Forwarded-For': `203.0.113.${n}` });
    const guess = (login: string, n: number, password = 'wrong') => signIn(login, password, from(n), secure.url);

    it.each(['a login that exists', 'a login that does not'])(
      '%s: after a few failures comes 429 with Retry-After, even for the right password',
      async (which) => {
        const officer = await newOfficer();
        const login = which === 'a login that exists' ? officer.session.account.login : 'nobody-of-this-name';
        const answers: Answer[] = [];
        for (let n = 0; n < 7; n++) answers.push(await guess(login, 1, n === 6 ? PASSWORD : `wrong ${n}`));
        expect(answers.map((answer) => answer.status)).toEqual([401, 401, 401, 401, 401, 429, 429]);
        const last = answers.at(-1);
        expect(Number(last?.headers['retry-after'])).toBeGreaterThan(0);
        expect(last && json(last)).toMatchObject({ title: ERROR_TEXT['too-many-attempts'].zh });
        // Sessions that are open stay open: a stranger's guessing must not end an officer's work.
        expect(await status(officer)).toBe(200);
      },
    );

    it('the current password cannot be guessed from a screen left open, nor its owner shut out that way', async () => {
      const officer = await newOfficer();
      const change = (current: string) =>
        officer.raw('POST', '/session/password', {
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ current, next: 'a new password' }),
        });
      const answers: number[] = [];
      for (let n = 0; n < 6; n++) answers.push((await change(`wrong ${n}`)).status);
      answers.push((await change(PASSWORD)).status);
      expect(answers).toEqual([401, 401, 401, 401, 401, 429, 429]);
      expect((await guess(officer.session.account.login, 20, PASSWORD)).status).toBe(201);
    });

    it('a wrong login and a wrong password are answered alike, and cost alike', async () => {
      const { login } = (await newOfficer()).session.account;
      const cost = async (name: string, n: number): Promise<{ body: unknown; headers: string[]; cpu: number }> => {
        const before = process.cpuUsage();
        const answer = await guess(name, n);
        const spent = process.cpuUsage(before);
        return { body: { ...json(answer), requestId: '' }, headers: Object.keys(answer.headers), cpu: spent.user };
      };
      const known = [await cost(login, 2), await cost(login, 3), await cost(login, 4)];
      const unknown = [await cost('nobody-else', 5), await cost('nobody-else', 6), await cost('nobody-else', 7)];
      expect(unknown.map(({ body, headers }) => ({ body, headers }))).toEqual(
        known.map(({ body, headers }) => ({ body, headers })),
      );
      // Work, not time: argon2 dominates both.
      const least = (list: { cpu: number }[]): number => Math.min(...list.map(({ cpu }) => cpu));
      expect(least(unknown)).toBeGreaterThan(least(known) / 2);
    });

    it('an address that tries many names is slowed down as a whole; another address is not', async () => {
      const { login } = (await newOfficer()).session.account;
      // As if it had tried all but one of the fifty names it may.
      await api.parts.database.reader.query(
        `INSERT INTO sign_in_attempts (key, failures, last_at) VALUES ('address:203.0.113.9', 49, now())`,
      );
      expect((await guess('name-50', 9)).status).toBe(401);
      expect((await guess(login, 9, PASSWORD)).status).toBe(429);
      expect((await guess(login, 10, PASSWORD)).status).toBe(201);
    });

    it('an address that is claimed by anyone but a trusted proxy counts for nothing', async () => {
      const plain = await serve(api.archive, { trustedProxies: ['192.0.2.1'] });
      const login = 'forwarded-by-nobody';
      for (let n = 0; n < 3; n++) await signIn(login, 'wrong', from(20 + n), plain.url);
      await plain.stop();
      expect((await guess('other-name', 20)).status).toBe(401);
      const rows = await api.parts.database.reader.query(
        `SELECT key FROM sign_in_attempts WHERE key LIKE 'address:203.0.113.2_'`,
      );
      expect(rows).toEqual([{ key: 'address:203.0.113.20' }]);
    });

    it('a success forgets the failures of the login', async () => {
      const { login } = (await newOfficer()).session.account;
      for (let round = 0; round < 2; round++) {
        for (let n = 0; n < 4; n++) expect((await guess(login, 30)).status).toBe(401);
        expect((await guess(login, 30, PASSWORD)).status).toBe(201);
      }
    });

    it('text that is none is refused, not stumbled over', async () => {
      for (const login of ['a\0b', '\ud800', "' OR 1=1 --", '%', 'x'.repeat(101)]) {
        expect([400, 401]).toContain((await guess(login, 40)).status);
      }
    });
  });

  // Last: it moves the clock.
  describe('time', () => {
    it('a session unused for half an hour has ended; one in use goes on, for twelve hours at most', async () => {
      const idle = await newOfficer();
      const busy = await newOfficer();
      const began = api.clock.now().getTime();
      const passed = () => api.clock.now().getTime() - began;
      for (let n = 0; n < 2; n++) {
        api.clock.advance(16 * MINUTE_MS);
        expect(await status(busy)).toBe(200);
      }
      expect(await status(idle)).toBe(401);
      while (passed() < (12 * 60 - 25) * MINUTE_MS) {
        api.clock.advance(25 * MINUTE_MS);
        expect(await status(busy)).toBe(passed() < 12 * 60 * MINUTE_MS ? 200 : 401);
      }
      api.clock.advance(25 * MINUTE_MS);
      expect(await status(busy)).toBe(401);
    });
  });
});
