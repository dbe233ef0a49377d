import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const base = 'http://127.0.0.1:27901';
const [, , login, password, ...jobs] = process.argv;
const b = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
});
for (const [w, h, lang] of [
  [1440, 900, 'zh'],
  [390, 844, 'en'],
]) {
  const ctx = await b.newContext({ viewport: { width: w, height: h }, locale: 'zh-CN' });
  const p = await ctx.newPage();
  p.on('console', (m) => {
    if (m.type() === 'error') console.log('console', m.text());
  });
  p.on('pageerror', (e) => console.log('pageerror', e.message));
  await p.addInitScript((l) => localStorage.setItem('liuhen.language', l), lang);
  await p.goto(base + '/sign-in');
  await p.locator('input').first().fill(login);
  await p.locator('input[type=password]').fill(password);
  await p.keyboard.press('Enter');
  await p.waitForURL((u) => !u.pathname.includes('sign-in'), { timeout: 60000 });
  for (const job of jobs) {
    const [name, path] = job.split('=');
    await p.goto(base + path);
    await p.waitForSelector('.lh-page', { timeout: 60000 }).catch(() => {});
    await p.waitForTimeout(4000);
    await p.screenshot({ path: `/tmp/wshots/${name}-${w}-${lang}.png`, fullPage: true });
    const over = await p.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (over > 0) console.log(name, w, 'overflow', over);
  }
  await ctx.close();
}
await b.close();
