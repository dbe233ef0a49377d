import type { EventType } from '#domain';
import type { zhEvents } from './zh-events.js';

const types: Record<EventType, string> = {
  'unit.created': 'Unit created',
  'account.created': 'Account created',
  'account.changed': 'Account changed',
  'account.password_changed': 'Password changed',
  'account.signed_in': 'Signed in',
  'account.sign_in_failed': 'Sign-in failed',
  'account.signed_out': 'Signed out',
  'case.opened': 'Case opened',
  'case.changed': 'Case details changed',
  'case.step_added': 'Step added',
  'case.step_changed': 'Step state changed',
  'case.asset_linked': 'Material tied to a step',
  'case.asset_unlinked': 'Material taken off a step',
  'asset.begun': 'Upload begun',
  'asset.received': 'Received in full',
  'asset.dropped': 'Upload dropped',
  'asset.sealed': 'Read back, equal, sealed',
  'asset.quarantined': 'Read back, different: quarantined',
  'asset.looked': 'Content recognised, previews made',
  'asset.proxy_made': 'Proxy made',
  'asset.linked': 'Tied to a step of a case',
  'asset.viewed': 'Viewing began',
  'asset.view_ended': 'Viewing ended',
};

export const enEvents: typeof zhEvents = {
  types,
  other: 'Other event',
  system: 'System',
  nobody: 'Unknown person',
  seq: (n) => `No. ${n}`,
  leaf: 'Leaf digest',
  details: 'Show the log entry as written',
  fields: {
    file_name: 'File',
    number: 'Number',
    title: 'Title',
    reason: 'Reason',
    address: 'Place',
    purpose: 'Purpose',
    name: 'Name',
    login: 'User name',
  },
  empty: 'No events yet',
};
