import { StepBackwardFilled, StepForwardFilled } from '@ant-design/icons';
import { useCallback, useMemo, useReducer, useRef, useState } from 'react';
import { Link } from 'react-router';
import type { Replay } from '#contract';
import { CustodyTag } from '../../components/state-tags.js';
import { useLanguage } from '../../i18n/language.js';
import { clockText, timeText } from '../../i18n/quantities.js';
import {
  ControlButton,
  FullscreenButton,
  HelpButton,
  JumpButtons,
  PlayButton,
  SoundControls,
  SpeedSelect,
} from '../player/control-bar.js';
import { KeyboardHelp } from '../player/keyboard-help.js';
import type { Source } from '../player/playback.js';
import { usePeaks } from '../player/renditions.js';
import { type Command, nextSpeed } from '../player/shortcuts.js';
import { useFullscreen } from '../player/use-fullscreen.js';
import { useShortcuts } from '../player/use-shortcuts.js';
import { Waveform } from '../player/waveform.js';
import { layOut, type ReplayEntry, totalMs } from './play-order.js';
import { ReplayChapters } from './replay-chapters.js';
import { ReplayProgress } from './replay-progress.js';
import { ReplayStage } from './replay-stage.js';
import { type Act, AT_REST, transport as reduce, type Transport } from './transport.js';

/** The whole case from one button: picture, line of the case, and the steps beside it. */
export function ReplayTheatre({ replay }: { replay: Replay }) {
  const entries = useMemo(() => layOut(replay), [replay]);
  const [transport, act] = useReducer((now: Transport, next: Act) => reduce(entries, now, next), AT_REST);
  const [source, setSource] = useState<{ readonly index: number; readonly from: Source } | null>(null);
  const [help, setHelp] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const { full, toggleFull } = useFullscreen(frame);
  const go = useCallback((index: number) => {
    act({ do: 'go', index, offsetMs: 0 });
    act({ do: 'play' });
  }, []);
  const tellSource = useCallback((index: number, from: Source) => setSource({ index, from }), []);
  useShortcuts((command) => obey(command, { entries, transport, act, toggleFull, setHelp }));
  const current = entries[transport.index];
  if (!current) return null;
  return (
    <div className="lh-theatre">
      <div ref={frame} className="lh-theatre-main">
        <ReplayStage entries={entries} transport={transport} act={act} onSource={tellSource} />
        <div className="lh-theatre-controls">
          <ReplayProgress entries={entries} transport={transport} act={act} />
          <CurrentWave entry={current} transport={transport} act={act} />
          <div className="lh-control-row">
            <StepButtons entries={entries} transport={transport} act={act} />
            <Clock entries={entries} entry={current} transport={transport} />
            <span className="lh-spring" />
            <SpeedSelect rate={transport.rate} onRate={(rate) => act({ do: 'rate', rate })} />
            <SoundControls
              {...transport}
              onMute={() => act({ do: 'mute' })}
              onVolume={(volume) => act({ do: 'volume', volume })}
            />
            <HelpButton onClick={() => setHelp(true)} />
            <FullscreenButton full={full} onClick={toggleFull} />
          </div>
        </div>
        <NowPlaying entry={current} source={source?.index === current.index ? source.from : null} />
      </div>
      <ReplayChapters replay={replay} entries={entries} index={transport.index} onGo={go} />
      <KeyboardHelp open={help} onClose={() => setHelp(false)} items />
    </div>
  );
}

interface Driven {
  readonly entries: readonly ReplayEntry[];
  readonly transport: Transport;
  readonly act: (act: Act) => void;
}

function StepButtons({ entries, transport, act }: Driven) {
  const { t } = useLanguage();
  const { index } = transport;
  return (
    <>
      <ControlButton
        label={t.replay.previous}
        disabled={index === 0}
        onClick={() => act({ do: 'go', index: index - 1, offsetMs: 0 })}
      >
        <StepBackwardFilled />
      </ControlButton>
      <PlayButton playing={transport.playing} onClick={() => act({ do: 'toggle' })} />
      <ControlButton
        label={t.replay.next}
        disabled={index >= entries.length - 1}
        onClick={() => act({ do: 'go', index: index + 1, offsetMs: 0 })}
      >
        <StepForwardFilled />
      </ControlButton>
      <JumpButtons onJump={(byMs) => act({ do: 'jump', byMs })} />
    </>
  );
}

function Clock({ entries, entry, transport }: { entry: ReplayEntry } & Omit<Driven, 'act'>) {
  const { t } = useLanguage();
  return (
    <span className="lh-clock">
      {clockText(entry.startMs + transport.offsetMs)} <small>/ {clockText(totalMs(entries))}</small>
      <small className="lh-wide"> · {t.replay.itemOf(entry.index + 1, entries.length)}</small>
    </span>
  );
}

/** Keeps its height when there is no sound, so that the controls do not jump from item to item. */
function CurrentWave({ entry, transport, act }: { entry: ReplayEntry } & Omit<Driven, 'entries'>) {
  const peaks = usePeaks(entry.shown === 'moving' && entry.asset.kind === 'video' ? entry.play.peaksUrl : null);
  return (
    <div className="lh-theatre-wave">
      {peaks && (
        <Waveform
          peaks={peaks}
          currentMs={entry.fromMs + transport.offsetMs}
          durationMs={entry.asset.durationMs ?? entry.lengthMs}
          onSeek={(ms) => act({ do: 'go', index: entry.index, offsetMs: ms - entry.fromMs })}
        />
      )}
    </div>
  );
}

function NowPlaying({ entry, source }: { entry: ReplayEntry; source: Source | null }) {
  const { t } = useLanguage();
  const { asset } = entry;
  const words = { original: t.asset.original, remux: t.asset.originalRemux, proxy: t.asset.proxy };
  return (
    <div className="lh-now">
      <div>
        <Link to={`/assets/${asset.id}`}>{asset.link?.purpose ?? asset.fileName}</Link>
        <span className="lh-muted lh-figures">
          {timeText(asset.at)} · {t.assets.atSource[asset.atSource]}
        </span>
      </div>
      <span>
        {source && (
          <span className="lh-now-source" data-proxy={source === 'proxy' || undefined}>
            {t.app.says(t.asset.playing)}
            {words[source]}
          </span>
        )}
        <CustodyTag custody={asset.custody} />
      </span>
    </div>
  );
}

interface Reach extends Driven {
  readonly toggleFull: () => void;
  readonly setHelp: (open: boolean) => void;
}

const STILL_FRAME_MS = 40;

function obey(command: Command, { entries, transport, act, toggleFull, setHelp }: Reach): boolean {
  const { index, rate } = transport;
  switch (command.do) {
    case 'toggle':
    case 'mute':
      act({ do: command.do });
      break;
    case 'jump':
      act({ do: 'jump', byMs: command.byMs });
      break;
    case 'frame':
      act({ do: 'pause' });
      act({ do: 'jump', byMs: command.by * STILL_FRAME_MS });
      break;
    case 'speed':
      act({ do: 'rate', rate: nextSpeed(rate, command.by) });
      break;
    case 'start':
      act({ do: 'go', index: 0, offsetMs: 0 });
      break;
    case 'end':
      act({ do: 'go', index: entries.length - 1, offsetMs: 0 });
      break;
    case 'next-item':
      act({ do: 'go', index: index + 1, offsetMs: 0 });
      break;
    case 'previous-item':
      act({ do: 'go', index: index - 1, offsetMs: 0 });
      break;
    case 'fullscreen':
      toggleFull();
      break;
    case 'help':
      setHelp(true);
      break;
  }
  return true;
}
