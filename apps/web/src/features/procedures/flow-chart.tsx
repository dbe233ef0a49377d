import { useLayoutEffect, useMemo, useRef } from 'react';
import { FLOW_SIZES, FLOW_STATUSES, type FlowStanding, type FlowStep, flowChart, type Procedure } from '#domain';
import { useLanguage } from '../../i18n/language.js';
import './flow-chart.css';

interface Props {
  readonly procedure: Procedure;
  /** How the steps of a running case stand; without it the procedure alone is shown. */
  readonly standing?: FlowStanding | undefined;
  readonly onStep?: ((stepId: string) => void) | undefined;
}

type FlowChartDrawing = ReturnType<typeof flowChart>;

const { padY, titleLine, titleSize, noteLine, noteSize, margin } = FLOW_SIZES;
/** Text stands on its line; this is about where that is in its height. */
const BASE = 0.78;

/** 执法流程图, drawn from the rules. It scales to the width it is given, and prints on one page A4. */
export function FlowChart({ procedure, standing, onStep }: Props) {
  const { t, language } = useLanguage();
  const chart = useMemo(() => flowChart(procedure, standing ?? null, language), [procedure, standing, language]);
  const figure = useShownFrom(chart);
  return (
    <figure ref={figure} className="lh-flow">
      <figcaption>{chart.title}</figcaption>
      {standing && <FlowLegend standing={standing} />}
      <svg
        viewBox={`0 0 ${chart.width} ${chart.height}`}
        style={{ maxWidth: chart.width }}
        role="img"
        aria-label={t.procedures.chartLabel(chart.title)}
      >
        <defs>
          <marker id="lh-flow-end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0 0 8 4 0 8Z" />
          </marker>
        </defs>
        {chart.lines.map(({ from, to, points }) => (
          <path
            key={`${from}>${to}`}
            className="lh-flow-line"
            d={`M${points.map(({ x, y }) => `${x} ${y}`).join('L')}`}
            markerEnd="url(#lh-flow-end)"
          />
        ))}
        {chart.steps.map((step) => (
          <StepBox key={step.stepId} step={step} onStep={onStep} />
        ))}
        {chart.legend.map(({ text, y }) => (
          <text key={text} className="lh-flow-note" x={margin} y={y} fontSize={noteSize}>
            {text}
          </text>
        ))}
      </svg>
    </figure>
  );
}

/** Where the chart is wider than the screen it shows where the case is, else where the procedure begins. */
function useShownFrom({ steps, width }: FlowChartDrawing) {
  const figure = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const box = figure.current;
    const shown = steps.find(({ status }) => status === 'going-on' || status === 'due') ?? steps[0];
    if (box && shown) box.scrollLeft = ((shown.x + shown.width / 2) / width) * box.scrollWidth - box.clientWidth / 2;
  }, [steps, width]);
  return figure;
}

function StepBox({ step, onStep }: { step: FlowStep; onStep: Props['onStep'] }) {
  const { t } = useLanguage();
  const { stepId, x, y, width, height, title, notes, status } = step;
  const middle = x + width / 2;
  const words = status === null ? '' : t.procedures.flow[status];
  const named = [title.join(''), words].filter((text) => text !== '').join(' · ');
  const press = onStep && {
    role: 'button',
    tabIndex: 0,
    onClick: () => onStep(stepId),
    onKeyDown: ({ key }: { key: string }) => (key === 'Enter' || key === ' ') && onStep(stepId),
  };
  return (
    <g
      className="lh-flow-step"
      data-status={status ?? undefined}
      data-conditional={step.isConditional || undefined}
      data-decision={step.isDecision || undefined}
      aria-label={named}
      {...press}
    >
      <title>{named}</title>
      <rect x={x} y={y} width={width} height={height} rx={step.isDecision ? 0 : 6} />
      {title.map((line, i) => (
        <text key={line} x={middle} y={y + padY + titleLine * (i + BASE)} fontSize={titleSize} textAnchor="middle">
          {line}
        </text>
      ))}
      {notes.map((line, i) => (
        <text
          // biome-ignore lint/suspicious/noArrayIndexKey: two lines may be the same, and none ever moves
          key={i}
          className="lh-flow-note"
          x={middle}
          y={y + padY + titleLine * title.length + noteLine * (i + BASE)}
          fontSize={noteSize}
          textAnchor="middle"
        >
          {line}
        </text>
      ))}
      {status !== null && (
        <text className="lh-flow-status" x={x + width - 5} y={y - 3} fontSize={noteSize} textAnchor="end">
          {words}
        </text>
      )}
    </g>
  );
}

/** How many steps stand how; the words are those at the boxes. */
function FlowLegend({ standing }: { standing: FlowStanding }) {
  const { t } = useLanguage();
  const counts = FLOW_STATUSES.map((status) => ({
    status,
    count: [...standing.values()].filter((one) => one === status).length,
  })).filter(({ count }) => count > 0);
  return (
    <ul className="lh-flow-legend" aria-label={t.procedures.standing}>
      {counts.map(({ status, count }) => (
        <li key={status} data-status={status}>
          {t.procedures.flow[status]} {count}
        </li>
      ))}
    </ul>
  );
}
