import { isDossierError } from '#dossier';
import { type ChosenDossier, dossierInFolder, dossierInZip, sizeOf } from '../files/chosen-files.js';
import { type Dropped, takeDropped } from '../files/dropped.js';
import { element } from './dom.js';
import { bytesText, printable } from './printable.js';
import { type Language, WORDS, type Word } from './words.js';

export type Choice =
  | { readonly kind: 'none' }
  | { readonly kind: 'opening' }
  | { readonly kind: 'dossier'; readonly dossier: ChosenDossier; readonly bytes: number }
  | { readonly kind: 'problem'; readonly word: Word; readonly detail: string };

/** Where a dossier is dropped or chosen. */
export function chooseView(choice: Choice, language: Language, choose: (choice: Choice) => void): HTMLElement {
  const word = (name: Word): string => WORDS[name][language];
  const folder = element('input', {
    type: 'file',
    webkitdirectory: true,
    class: 'hidden',
    id: 'folder',
    tabindex: '-1',
  });
  const zip = element('input', {
    type: 'file',
    accept: '.zip,application/zip',
    class: 'hidden',
    id: 'zip',
    tabindex: '-1',
  });
  folder.addEventListener('change', () => void open(fromFolder(folder.files), choose));
  zip.addEventListener('change', () => void open(fromFile(zip.files?.[0]), choose));
  const zone = element(
    'div',
    { class: 'drop' },
    element('p', {}, word('drop')),
    element('button', { type: 'button', click: () => folder.click() }, word('folder')),
    element('button', { type: 'button', click: () => zip.click() }, word('zip')),
    ...[folder, zip],
    element('p', { class: 'choice', 'aria-live': 'polite' }, ...choiceText(choice, language)),
  );
  acceptDrops(zone, choose);
  return element('section', {}, element('h2', {}, word('dossier')), zone);
}

function choiceText(choice: Choice, language: Language): (Node | string)[] {
  if (choice.kind === 'none') return [];
  if (choice.kind === 'opening') return ['…'];
  if (choice.kind === 'problem')
    return [
      element('span', { class: 'problem' }, WORDS[choice.word][language], element('bdi', {}, printable(choice.detail))),
    ];
  const name = element('bdi', {}, printable(choice.dossier.name));
  return [`${WORDS.chosen[language]} `, name, ` (${bytesText(choice.bytes)})`];
}

/** Anywhere on the page, so that a drop beside the zone does not replace the page by the file. */
function acceptDrops(zone: HTMLElement, choose: (choice: Choice) => void): void {
  document.ondragover = (event) => {
    event.preventDefault();
    zone.classList.add('over');
  };
  document.ondragleave = () => zone.classList.remove('over');
  document.ondrop = (event) => {
    event.preventDefault();
    zone.classList.remove('over');
    if (event.dataTransfer !== null) void open(takeDropped(event.dataTransfer), choose);
  };
}

function fromFolder(list: FileList | null): Promise<Dropped | null> {
  const files = [...(list ?? [])].map((file) => [file.webkitRelativePath, file] as const);
  const [first] = files;
  if (first === undefined) return Promise.resolve(null);
  return Promise.resolve({ kind: 'folder', name: first[0].slice(0, first[0].indexOf('/')), files });
}

function fromFile(file: File | undefined): Promise<Dropped | null> {
  return Promise.resolve(file === undefined ? null : { kind: 'file', file });
}

async function open(given: Promise<Dropped | null>, choose: (choice: Choice) => void): Promise<void> {
  choose({ kind: 'opening' });
  try {
    const dropped = await given;
    if (dropped === null) return choose({ kind: 'none' });
    const dossier =
      dropped.kind === 'folder' ? dossierInFolder(dropped.name, dropped.files) : await dossierInZip(dropped.file);
    const { bytes, isBag } = await sizeOf(dossier.files);
    choose(isBag ? { kind: 'dossier', dossier, bytes } : { kind: 'problem', word: 'notBag', detail: '' });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    // Not NOT CHECKED: a zip file that shows two readers two things must not be taken for a dossier.
    if (isDossierError(error)) choose({ kind: 'problem', word: 'zipBad', detail: ` (${error.code}): ${detail}` });
    else choose({ kind: 'problem', word: 'unreadable', detail });
  }
}
