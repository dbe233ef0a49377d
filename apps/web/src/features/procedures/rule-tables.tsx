import type { ProcedureView } from '#contract';
import { type Column, DataTable } from '../../components/data-table.js';
import { DutyTag } from '../../components/state-tags.js';
import { Tag } from '../../components/tag.js';
import { useLanguage } from '../../i18n/language.js';
import { RuleWords } from './rule-words.js';

type Step = ProcedureView['steps'][number];
type Limit = ProcedureView['limits'][number];
type Condition = ProcedureView['conditions'][number];

function useRuleWords(procedure: ProcedureView): RuleWords {
  const { t, label } = useLanguage();
  return new RuleWords(procedure, t, label);
}

/** The steps in their order: when they apply, what is recorded from when to when, their papers, who acts, by what clause. */
export function StepTable({ procedure }: { procedure: ProcedureView }) {
  const { t, label } = useLanguage();
  const words = useRuleWords(procedure);
  const names = t.procedures.stepColumns;
  const columns: Column<Step>[] = [
    {
      key: 'step',
      title: names.step,
      bare: true,
      width: '17%',
      render: (step) => (
        <div className="lh-cell-main">
          <strong>
            {procedure.steps.indexOf(step) + 1}. {label(step.title)}
          </strong>
          {step.after.length > 0 && <span className="lh-muted">{t.procedures.after(words.steps(step.after))}</span>}
          {step.repeatable && <span className="lh-muted">{t.procedures.repeatable}</span>}
        </div>
      ),
    },
    { key: 'when', title: names.when, width: '14%', render: (step) => words.need(step.need) },
    {
      key: 'recording',
      title: names.recording,
      width: '21%',
      render: (step) => <Recording step={step} words={words} />,
    },
    { key: 'papers', title: names.papers, width: '22%', render: (step) => <Papers step={step} words={words} /> },
    { key: 'who', title: names.who, width: '11%', render: (step) => <Who step={step} /> },
    { key: 'source', title: names.source, render: (step) => <span className="lh-muted">{step.source}</span> },
  ];
  return (
    <DataTable
      caption={t.procedures.tabs.steps}
      columns={columns}
      rows={procedure.steps}
      rowKey={({ id }) => id}
      loading={false}
    />
  );
}

function Recording({ step: { recording }, words }: { step: Step; words: RuleWords }) {
  const { t, label } = useLanguage();
  return (
    <div className="lh-rule-lines">
      <DutyTag duty={recording.duty} />
      {recording.from && (
        <span>
          {t.procedures.from} {label(recording.from)}
        </span>
      )}
      {recording.to && (
        <span>
          {t.procedures.to} {label(recording.to)}
        </span>
      )}
      {recording.raised.map(({ duty, when }) => (
        <span key={when.join()} className="lh-muted">
          {t.procedures.raised(t.case.duty[duty], words.conditions(when))}
        </span>
      ))}
    </div>
  );
}

function Papers({ step, words }: { step: Step; words: RuleWords }) {
  const { t, label } = useLanguage();
  return (
    <ul className="lh-rule-papers">
      {step.papers.map((paper) => (
        <li key={paper.id}>
          {label(paper.title)}
          {paper.need !== 'always' && <small> {words.need(paper.need)}</small>}
          {paper.numbered && <small> · {t.procedures.numbered}</small>}
          {paper.served && <small> · {t.procedures.served}</small>}
        </li>
      ))}
    </ul>
  );
}

function Who({ step: { who } }: { step: Step }) {
  const { t } = useLanguage();
  if (who.count === 0 && who.roles.length === 0) return t.procedures.anyone;
  const roles = who.roles.map((role) => t.procedures.roles[role]).join('、');
  return (
    <div className="lh-rule-lines">
      <span>{who.count > 0 ? t.procedures.people(who.count, roles) : roles}</span>
      {who.independent && <span className="lh-muted">{t.procedures.independent}</span>}
    </div>
  );
}

export function LimitTable({ procedure }: { procedure: ProcedureView }) {
  const { t, label } = useLanguage();
  const words = useRuleWords(procedure);
  const names = t.procedures.limitColumns;
  const columns: Column<Limit>[] = [
    {
      key: 'title',
      title: names.title,
      bare: true,
      render: (limit) => (
        <div className="lh-cell-main">
          <strong>{label(limit.title)}</strong>
          {limit.need !== 'always' && <span className="lh-muted">{words.need(limit.need)}</span>}
          {limit.of === 'party' && <Tag>{t.procedures.ofParty}</Tag>}
        </div>
      ),
    },
    {
      key: 'length',
      title: names.length,
      width: '15%',
      render: (limit) => (
        <div className="lh-rule-lines">
          <span>{words.length(limit.limit)}</span>
          {limit.sense === 'not-before' && <span className="lh-muted">{t.procedures.notBefore}</span>}
          {limit.agencyMaySet && <span className="lh-muted">{t.procedures.agencyMaySet}</span>}
        </div>
      ),
    },
    { key: 'from', title: names.from, render: (limit) => words.moment(limit.from) },
    { key: 'until', title: names.until, render: (limit) => words.moment(limit.until) },
    {
      key: 'extension',
      title: names.extension,
      width: '18%',
      render: ({ extension, pauses }) => (
        <div className="lh-rule-lines">
          {extension === null && pauses.steps.length + pauses.conditions.length === 0 && '—'}
          {extension && (
            <span>
              {t.procedures.extensionOf(words.length(extension.limit), extension.times, label(extension.approver))}
            </span>
          )}
          {pauses.steps.length > 0 && (
            <span className="lh-muted">{t.procedures.pausedBy(words.steps(pauses.steps))}</span>
          )}
          {pauses.conditions.length > 0 && (
            <span className="lh-muted">{t.procedures.pausedBy(words.conditions(pauses.conditions))}</span>
          )}
        </div>
      ),
    },
    { key: 'source', title: names.source, render: ({ source }) => <span className="lh-muted">{source}</span> },
  ];
  return (
    <DataTable
      caption={t.procedures.tabs.limits}
      columns={columns}
      rows={procedure.limits}
      rowKey={({ id }) => id}
      loading={false}
    />
  );
}

export function ConditionTable({ procedure }: { procedure: ProcedureView }) {
  const { t, label } = useLanguage();
  const names = t.procedures.conditionColumns;
  const columns: Column<Condition>[] = [
    { key: 'title', title: names.title, bare: true, render: ({ title }) => <strong>{label(title)}</strong> },
    {
      key: 'of',
      title: names.of,
      width: '16%',
      render: (condition) => (condition.of === 'case' ? t.procedures.ofCase : t.procedures.ofOccurrence),
    },
    { key: 'source', title: names.source, render: ({ source }) => <span className="lh-muted">{source}</span> },
  ];
  return (
    <DataTable
      caption={t.procedures.tabs.conditions}
      columns={columns}
      rows={procedure.conditions}
      rowKey={({ id }) => id}
      loading={false}
    />
  );
}
