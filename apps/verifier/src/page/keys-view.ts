import { sha256 } from '#dossier';
import { element } from './dom.js';
import { type Pins, readPins } from './pins.js';
import { printable } from './printable.js';
import { type Language, WORDS, type Word } from './words.js';

/** What is typed and chosen here; kept by the page when the language changes. */
export interface KeysState {
  typed: string;
  roots: { readonly name: string; readonly pem: string } | null;
}

/** Keys and roots from outside the dossier. */
export function keysView(state: KeysState, language: Language, changed: () => void): HTMLElement {
  const word = (name: Word): string => WORDS[name][language];
  const field = element('textarea', { id: 'keys', rows: '4', spellcheck: 'false', autocomplete: 'off' });
  field.value = state.typed;
  const found = element(
    'p',
    { class: 'found', 'aria-live': 'polite' },
    ...foundText(readPins(sha256, state.typed), language),
  );
  const take = (typed: string): void => {
    state.typed = typed;
    found.replaceChildren(...foundText(readPins(sha256, typed), language));
    changed();
  };
  field.addEventListener('input', () => take(field.value));
  const keysFile = fileInput('keys-file', async (file) => {
    field.value = await file.text();
    take(field.value);
  });
  const rootsFound = element(
    'span',
    { class: 'found' },
    state.roots === null ? word('rootsNone') : printable(state.roots.name),
  );
  const rootsFile = fileInput('roots-file', async (file) => {
    state.roots = { name: file.name, pem: await file.text() };
    rootsFound.textContent = printable(file.name);
    changed();
  });
  return element(
    'section',
    {},
    element('h2', {}, word('keys')),
    element('p', { class: 'hint' }, word('keysHint')),
    element('label', { for: 'keys' }, word('keysLabel')),
    field,
    found,
    element('button', { type: 'button', click: () => keysFile.click() }, word('keysFile')),
    keysFile,
    element('p', { class: 'label' }, word('roots')),
    element('button', { type: 'button', click: () => rootsFile.click() }, word('rootsFile')),
    ...[rootsFile, ' ', rootsFound],
  );
}

function fileInput(id: string, take: (file: File) => Promise<void>): HTMLInputElement {
  const input = element('input', { type: 'file', class: 'hidden', id, tabindex: '-1' });
  input.addEventListener('change', () => {
    const [file] = input.files ?? [];
    if (file !== undefined) void take(file);
  });
  return input;
}

function foundText(pins: Pins, language: Language): (Node | string)[] {
  const word = (name: Word): string => WORDS[name][language];
  if (pins.kind === 'none') return [word('keysNone')];
  if (pins.kind === 'no-log') return [element('span', { class: 'problem' }, word('keysNoLog'))];
  if (pins.kind === 'problem')
    return [element('span', { class: 'problem' }, word('keysWrong'), element('bdi', {}, printable(pins.problem)))];
  if (pins.kind === 'fingerprints') return [`✓ ${pins.named.fingerprints.length} ${word('keysFingerprints')}`];
  const { logs, witnesses } = pins.policy;
  const logNames = logs.map(({ key }) => printable(key.name)).join(', ');
  return [`✓ ${word('keysLog')} `, element('bdi', {}, logNames), ` · ${witnesses.length} ${word('keysWitnesses')}`];
}
