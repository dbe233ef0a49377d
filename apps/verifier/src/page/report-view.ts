import {
  DOSSIER_TEXT,
  type DossierFinding,
  type DossierItem,
  type DossierReport,
  ITEM_TEXT,
  VERDICT_TEXT,
} from '#dossier';
import { element } from './dom.js';
import { bytesText, printable } from './printable.js';
import { type Language, WORDS, type Word } from './words.js';

export interface Outcome {
  readonly report: DossierReport;
  readonly source: string;
  readonly checkedAt: Date;
  readonly tookMs: number;
}

const MARKS = { PASS: '✓', FAIL: '✗', 'NOT CHECKED': '?' } as const;
const STYLES = { PASS: 'pass', FAIL: 'fail', 'NOT CHECKED': 'unchecked' } as const;

/** The whole result, to read and to print. */
export function reportView(outcome: Outcome, language: Language): HTMLElement {
  const { report } = outcome;
  const word = (name: Word): string => WORDS[name][language];
  const [title, meaning] = headline(report);
  return element(
    'section',
    { class: 'report', 'aria-labelledby': 'verdict' },
    element(
      'div',
      { class: `verdict ${STYLES[report.verdict]}`, role: 'status', 'data-verdict': report.verdict },
      element('span', { class: 'mark', 'aria-hidden': 'true' }, MARKS[report.verdict]),
      element(
        'div',
        {},
        element('h2', { id: 'verdict', tabindex: '-1' }, word(title)),
        element('p', {}, word(meaning)),
      ),
    ),
    facts(outcome, language),
    itemsTable(worstFirst(report.items), language),
    element('p', { class: 'hint' }, word('trustPage')),
    element('button', { type: 'button', class: 'print', click: () => window.print() }, word('print')),
  );
}

function headline({ verdict, selfConsistentOnly, items }: DossierReport): [Word, Word] {
  if (verdict === 'PASS') return ['passed', 'passedMeans'];
  if (verdict === 'FAIL') return ['failed', 'failedMeans'];
  const others = items.filter((item) => item.verdict !== 'PASS' && item.kind !== 'trust' && item.kind !== 'timestamp');
  return selfConsistentOnly && others.length === 0
    ? ['consistent', 'consistentMeans']
    : ['unchecked', 'uncheckedMeans'];
}

function facts({ report, source, checkedAt, tookMs }: Outcome, language: Language): HTMLElement {
  const word = (name: Word): string => WORDS[name][language];
  const { asOf, counts, cosignedBy, stamped } = report;
  const rows: [Word, string[]][] = [
    ['asOf', asOf === null ? [word('none')] : [asOf.at, `${word('treeSize')} ${asOf.size}`, word('asOfMeans')]],
    ['caseId', [report.caseId ?? word('none')]],
    ['dossierId', [report.dossierId ?? word('none')]],
    ['origin', [report.origin ?? word('none')]],
    [
      report.selfConsistentOnly ? 'cosignedInside' : 'cosigned',
      cosignedBy.length === 0 ? [word('none')] : cosignedBy.map(({ witness, at }) => `${witness} ${at}`),
    ],
    ['stamped', stamped.length === 0 ? [word('none')] : stamped.map(({ at, authority }) => `${at} ${authority}`)],
    [
      'counts',
      [
        `${counts.files} ${word('files')}, ${bytesText(counts.bytes)}`,
        `${counts.events} ${word('events')}`,
        `${counts.opened} ${word('opened')}, ${counts.withheld} ${word('withheld')}`,
      ],
    ],
    ['source', [source]],
    ['checkedAt', [checkedAt.toISOString(), `${word('took')} ${(tookMs / 1_000).toFixed(1)} s`]],
  ];
  return element(
    'dl',
    { class: 'facts' },
    ...rows.map(([name, values]) => {
      const shown = values.map((value) => element('dd', {}, isolated(value)));
      return element('div', {}, element('dt', {}, word(name)), ...shown);
    }),
  );
}

/** What is wrong must be seen without scrolling past what is right. */
function worstFirst(items: readonly DossierItem[]): DossierItem[] {
  const order = ['FAIL', 'NOT CHECKED', 'PASS'] as const;
  return order.flatMap((verdict) => items.filter((item) => item.verdict === verdict));
}

function itemsTable(items: readonly DossierItem[], language: Language): HTMLElement {
  const word = (name: Word): string => WORDS[name][language];
  const head = (['verdict', 'item', 'about', 'reason', 'offset'] as const).map((name) =>
    element('th', { scope: 'col' }, word(name)),
  );
  return element(
    'table',
    { class: 'items' },
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...items.flatMap((item) => rowsOf(item, language))),
  );
}

function rowsOf(item: DossierItem, language: Language): HTMLElement[] {
  if (item.findings.length === 0) return [row(item, null, language)];
  return item.findings.map((finding) => row(item, finding, language));
}

function row({ kind, subject, verdict }: DossierItem, finding: DossierFinding | null, language: Language): HTMLElement {
  const shown = finding?.verdict ?? verdict;
  const label = (name: Word): string => WORDS[name][language];
  return element(
    'tr',
    { class: STYLES[shown], 'data-kind': kind, 'data-reason': finding?.reason ?? '' },
    element(
      'td',
      { class: 'result', 'data-label': label('verdict') },
      `${MARKS[shown]} ${VERDICT_TEXT[shown][language]}`,
    ),
    element('td', { class: 'what', 'data-label': label('item') }, ITEM_TEXT[kind][language]),
    element('td', { class: 'subject', 'data-label': label('about') }, subject === null ? '' : isolated(subject)),
    element('td', { 'data-label': label('reason') }, ...reasonOf(finding, language)),
    element('td', { class: 'offset', 'data-label': label('offset') }, finding?.offset?.toString() ?? ''),
  );
}

function reasonOf(finding: DossierFinding | null, language: Language): (HTMLElement | string)[] {
  if (finding === null) return [];
  const words = DOSSIER_TEXT[finding.reason][language];
  return [words, element('div', { class: 'detail' }, isolated(finding.detail))];
}

/** Text of strangers: shown whole, and turning the direction of nothing around it. */
function isolated(text: string): HTMLElement {
  return element('bdi', {}, printable(text));
}
