import workerSource from 'virtual:hash-worker';
import { type DossierStage, sha256, verifyDossier } from '#dossier';
import { browserHashes, verifyEd25519 } from './hashing/browser-checks.js';
import { HashWorkers } from './hashing/hash-workers.js';
import { selfTest } from './hashing/self-test.js';
import { startWorker } from './hashing/start-worker.js';
import { type Choice, chooseView } from './page/choose-view.js';
import { element } from './page/dom.js';
import { type KeysState, keysView } from './page/keys-view.js';
import { readPins, trustOf } from './page/pins.js';
import { bytesText, printable } from './page/printable.js';
import { type Outcome, reportView } from './page/report-view.js';
import { type Language, WORDS, type Word } from './page/words.js';

type Run =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly outcome: Outcome }
  | { readonly kind: 'broken'; readonly word: Word; readonly detail: string };

/** Two streams a file, and more where there are processors for blocks. */
const THREADS = Math.min(Math.max(navigator.hardwareConcurrency, 2), 4);

class Page {
  readonly #root: HTMLElement;
  readonly #workers = new HashWorkers(THREADS, () => startWorker(workerSource));
  readonly #keys: KeysState = { typed: '', roots: null };
  #language: Language = 'zh';
  #choice: Choice = { kind: 'none' };
  #run: Run = { kind: 'idle' };

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  async open(): Promise<void> {
    this.#show();
    const wrong = await selfTest(this.#workers).catch((error) => [String(error)]);
    if (wrong.length > 0) this.#become({ kind: 'broken', word: 'selfTestFailed', detail: wrong.join(', ') });
  }

  #become(run: Run): void {
    this.#run = run;
    this.#show();
  }

  #show(): void {
    document.documentElement.lang = this.#language === 'zh' ? 'zh-CN' : 'en';
    document.title = `${this.#word('product')} · ${this.#word('title')}`;
    const isBroken = this.#run.kind === 'broken' && this.#run.word === 'selfTestFailed';
    const form = element(
      'form',
      { class: 'form' },
      chooseView(this.#choice, this.#language, (choice) => this.#choose(choice)),
      keysView(this.#keys, this.#language, () => this.#allowStart()),
      element('button', { type: 'submit', id: 'start', class: 'primary' }, this.#word('start')),
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#check();
    });
    if (this.#run.kind === 'running') form.setAttribute('inert', '');
    this.#root.replaceChildren(this.#header(), ...(isBroken ? [] : [form]), ...this.#runView());
    this.#allowStart();
  }

  #header(): HTMLElement {
    const turn = (): void => {
      this.#language = this.#language === 'zh' ? 'en' : 'zh';
      this.#show();
      document.getElementById('language')?.focus();
    };
    const isRunning = this.#run.kind === 'running';
    return element(
      'header',
      {},
      element('h1', {}, element('span', { class: 'product' }, this.#word('product')), ` ${this.#word('title')}`),
      element('button', { type: 'button', id: 'language', disabled: isRunning, click: turn }, this.#word('other')),
      element('p', { class: 'lead' }, this.#word('lead')),
    );
  }

  #runView(): HTMLElement[] {
    const run = this.#run;
    if (run.kind === 'done') return [reportView(run.outcome, this.#language)];
    if (run.kind === 'broken') {
      const detail = element('bdi', {}, printable(run.detail));
      return [element('p', { class: 'problem', role: 'alert' }, this.#word(run.word), detail)];
    }
    if (run.kind === 'idle') return [];
    return [
      element(
        'section',
        { class: 'progress', 'aria-live': 'polite' },
        element('label', { for: 'bar' }, this.#word('running')),
        element('progress', { id: 'bar', max: '1', value: '0' }),
        element('p', { id: 'progress-text', 'aria-live': 'off' }),
      ),
    ];
  }

  #choose(choice: Choice): void {
    this.#choice = choice;
    this.#become({ kind: 'idle' });
  }

  #allowStart(): void {
    const trust = trustOf(readPins(sha256, this.#keys.typed));
    const isReady = this.#choice.kind === 'dossier' && trust !== undefined;
    document.getElementById('start')?.toggleAttribute('disabled', !isReady || this.#run.kind === 'running');
  }

  async #check(): Promise<void> {
    const choice = this.#choice;
    const trust = trustOf(readPins(sha256, this.#keys.typed));
    if (choice.kind !== 'dossier' || trust === undefined) return;
    this.#become({ kind: 'running' });
    const began = performance.now();
    try {
      const report = await verifyDossier(choice.dossier.files, {
        trust,
        timestampRoots: this.#keys.roots === null ? [] : [this.#keys.roots.pem],
        hashes: browserHashes(this.#workers),
        verifyEd25519,
        onProgress: ({ stage, bytes }) => this.#progress({ stage, bytes, total: choice.bytes, began }),
      });
      const tookMs = performance.now() - began;
      const outcome = { report, source: choice.dossier.name, checkedAt: new Date(), tookMs };
      this.#become({ kind: 'done', outcome });
      document.getElementById('verdict')?.focus();
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#become({ kind: 'broken', word: 'unreadable', detail });
    }
  }

  #progress(done: { stage: DossierStage; bytes: number; total: number; began: number }): void {
    const { stage, bytes, total, began } = done;
    const bar = document.getElementById('bar');
    if (bar instanceof HTMLProgressElement) bar.value = total === 0 ? 1 : Math.min(bytes / total, 1);
    const words = { files: 'reading', events: 'provingEvents', timestamps: 'provingTime' } as const;
    const speed = bytesText(bytes / Math.max((performance.now() - began) / 1_000, 0.001));
    const text = `${this.#word(words[stage])} · ${bytesText(bytes)} / ${bytesText(total)} · ${speed}/s`;
    document.getElementById('progress-text')?.replaceChildren(text);
  }

  #word(name: Word): string {
    return WORDS[name][this.#language];
  }
}

const root = document.getElementById('page');
if (root !== null) void new Page(root).open();
