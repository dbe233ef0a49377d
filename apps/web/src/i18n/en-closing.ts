import { plural } from './plural.js';
import type { zhClosing } from './zh-closing.js';

export const enClosing: typeof zhClosing = {
  closing: {
    button: 'Close the case',
    title: 'Close the case',
    hint: 'A closed case takes no change to its facts, steps or material, and no upload; it can still be viewed, replayed and exported. What it holds is fixed, and every original is read again.',
    manner: 'How it ends',
    manners: {
      executed: 'The penalty was carried out',
      'execution-ended': 'A court ended the execution',
      'investigation-ended': 'The investigation was ended',
      'no-penalty': 'No penalty, by law',
      'not-established': 'No violation was established',
      transferred: 'Handed to another authority',
      other: 'Otherwise',
    },
    mannerNeeded: 'Choose how it ends',
    reason: 'Reason',
    confirm: 'Close it',
    done: 'The case is closed',
    obstacles: 'To be settled before the case can be closed',
    kinds: { 'unfinished-upload': 'still arriving', unsealed: 'not sealed yet', quarantined: 'differs, quarantined' },
    hints: {
      'unfinished-upload': 'Finish or cancel the upload.',
      unsealed: 'It is usually sealed in a moment; try again shortly.',
      quarantined:
        'A quarantined original cannot be made good. Make sure the right file was uploaded again, then tick below.',
    },
    from: (name) => `handed in by ${name}`,
    again: 'Look again',
    despite: (n) => `I know that ${plural(n, 'quarantined item stays', 'quarantined items stay')} in the case as found`,
    banner: (time) => `Closed ${time}`,
    by: (name) => `by ${name}`,
    originals: 'Originals',
    originalsPending: 'being read again…',
    originalsGood: (n) => (n === 0 ? 'the case has none' : `${plural(n, 'original', 'originals')}, all as recorded`),
    originalsBad: (n, all) => `${n} of ${all} are not as recorded: tell the administrator at once`,
    timestamp: 'Time-stamp',
    timestampPending: 'waiting for the authority…',
    timestampOff: 'No time-stamp authority is set: when it was closed rests on the word of the ledger',
    timestamped: (time, authority) => `${time}, ${authority}`,
    demoAuthority: 'The demo’s time-stamp authority runs on this same machine and proves nothing',
    quarantined: (n) => `${plural(n, 'item was', 'items were')} quarantined when it was closed`,
  },
};
