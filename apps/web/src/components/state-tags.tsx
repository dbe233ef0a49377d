import type { AssetSummary, CaseSummary, CaseView, CheckView } from '#contract';
import { useLanguage } from '../i18n/language.js';
import { Tag, type Tone } from './tag.js';

type Duty = CaseView['procedure']['steps'][number]['recording']['duty'];

const CUSTODY_TONE: Record<AssetSummary['custody'], Tone> = {
  receiving: 'accent',
  received: 'warn',
  sealed: 'good',
  quarantined: 'alarm',
  disposed: 'plain',
};

export function CustodyTag({ custody }: { custody: AssetSummary['custody'] }) {
  const { t } = useLanguage();
  return <Tag tone={CUSTODY_TONE[custody]}>{t.assets.custody[custody]}</Tag>;
}

/** Said only when it is not simply "can be viewed". */
export function ViewingTag({ asset }: { asset: AssetSummary }) {
  const { t } = useLanguage();
  const { state } = asset.viewing;
  if (state === 'viewable' || asset.custody === 'receiving' || asset.custody === 'disposed') return null;
  return <Tag tone={state === 'pending' ? 'accent' : 'plain'}>{t.assets.viewing[state]}</Tag>;
}

const CHECK_TONE: Record<CheckView['result'], Tone> = {
  missing: 'alarm',
  altered: 'alarm',
  unreadable: 'alarm',
  'lock-weaker': 'alarm',
  'extra-version': 'warn',
  'not-run': 'warn',
  intact: 'good',
};

export function CheckTag({ result }: { result: CheckView['result'] }) {
  const { t } = useLanguage();
  return <Tag tone={CHECK_TONE[result]}>{t.findings.results[result]}</Tag>;
}

const CASE_TONE: Record<CaseSummary['state'], Tone> = { open: 'accent', closed: 'plain', archived: 'good' };

export function CaseStateTag({ state }: { state: CaseSummary['state'] }) {
  const { t } = useLanguage();
  return <Tag tone={CASE_TONE[state]}>{t.cases.states[state]}</Tag>;
}

export function LevelTag({ level }: { level: CaseSummary['level'] }) {
  const { t } = useLanguage();
  if (level === 'normal') return null;
  return <Tag tone={level === 'restricted' ? 'alarm' : 'warn'}>{t.cases.levels[level]}</Tag>;
}

const DUTY_TONE: Record<Duty, Tone> = { none: 'plain', optional: 'plain', required: 'accent', full: 'accent' };

export function DutyTag({ duty }: { duty: Duty }) {
  const { t } = useLanguage();
  return <Tag tone={DUTY_TONE[duty]}>{t.case.duty[duty]}</Tag>;
}
