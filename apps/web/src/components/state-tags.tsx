import { Tag } from 'antd';
import type { AssetSummary, CaseSummary, CaseView } from '#contract';
import { useLanguage } from '../i18n/language.js';

type Duty = CaseView['procedure']['steps'][number]['recording'];

const CUSTODY_COLOUR: Record<AssetSummary['custody'], string> = {
  receiving: 'processing',
  received: 'warning',
  sealed: 'success',
  quarantined: 'error',
  disposed: 'default',
};

export function CustodyTag({ custody }: { custody: AssetSummary['custody'] }) {
  const { t } = useLanguage();
  return <Tag color={CUSTODY_COLOUR[custody]}>{t.assets.custody[custody]}</Tag>;
}

/** Said only when it is not simply "can be viewed". */
export function ViewingTag({ asset }: { asset: AssetSummary }) {
  const { t } = useLanguage();
  const { state } = asset.viewing;
  if (state === 'viewable' || asset.custody === 'receiving' || asset.custody === 'disposed') return null;
  return <Tag color={state === 'pending' ? 'processing' : 'default'}>{t.assets.viewing[state]}</Tag>;
}

const CASE_COLOUR: Record<CaseSummary['state'], string> = {
  open: 'processing',
  closed: 'default',
  archived: 'success',
};

export function CaseStateTag({ state }: { state: CaseSummary['state'] }) {
  const { t } = useLanguage();
  return <Tag color={CASE_COLOUR[state]}>{t.cases.states[state]}</Tag>;
}

export function LevelTag({ level }: { level: CaseSummary['level'] }) {
  const { t } = useLanguage();
  if (level === 'normal') return null;
  return <Tag color={level === 'restricted' ? 'error' : 'warning'}>{t.cases.levels[level]}</Tag>;
}

const DUTY_COLOUR: Record<Duty, string> = { none: 'default', optional: 'default', required: 'blue', full: 'geekblue' };

export function DutyTag({ duty }: { duty: Duty }) {
  const { t } = useLanguage();
  return <Tag color={DUTY_COLOUR[duty]}>{t.case.duty[duty]}</Tag>;
}
