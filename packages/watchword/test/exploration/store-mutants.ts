import { moveForward } from '../../src/domain/refresh-chain.ts';
import { REAL, type Mutant } from './mutants.ts';
import { LAGGING_REPLICA, LAGGING_REPLICA_TABS, RESTORED_BACKUP, RESTORED_BACKUP_TABS } from './scenarios.ts';
import { recoverIfAccepted, type Rules } from './server.ts';

/** An engine that could read replicas: what stays true may be told from a stale row. */
export const BELIEVING_WHAT_STAYS: Rules = { ...REAL, believesReplicaOn: ['reused', 'ended'] };

const convictingWhatIsAhead: Rules['recover'] = (verdict) =>
  verdict.outcome === 'ahead' ? { outcome: 'reused' } : verdict;

const acceptingForEver: Rules['recover'] = (verdict, chain, asked) =>
  recoverIfAccepted(verdict, chain, asked.restore === 'over' ? { ...asked, restore: 'accepted' } : asked);

const neverMovingForward: Rules['recover'] = (verdict) => verdict;

/** Takes over whatever is presented while a restore is accepted, older tokens too. */
const movingBackwards: Rules['recover'] = (verdict, chain, asked) =>
  asked.restore === 'accepted' && asked.generation !== chain.generation
    ? { outcome: 'moved_forward', next: moveForward({ ...asked, keyVersion: 1 }) }
    : verdict;

/** Mutants that only a store that is behind brings to light. */
export const STORE_MUTANTS: readonly Mutant[] = [
  {
    name: 'tell `current` from a replica',
    rules: { ...REAL, believesReplicaOn: ['current'] },
    scenario: LAGGING_REPLICA,
    noticedAs: /after the session had ended/,
  },
  {
    name: 'tell `resent` from a replica',
    rules: { ...REAL, believesReplicaOn: ['resent'] },
    scenario: LAGGING_REPLICA,
    noticedAs: /after the session had ended/,
  },
  {
    name: 'tell `ahead` from a replica',
    rules: { ...REAL, believesReplicaOn: ['ahead'] },
    scenario: LAGGING_REPLICA_TABS,
    noticedAs: /the store had lost writes, and it had not/,
  },
  {
    name: 'tell `unknown` from a replica',
    rules: { ...REAL, believesReplicaOn: ['unknown'] },
    scenario: LAGGING_REPLICA_TABS,
    noticedAs: /nobody knows its session/,
  },
  {
    name: 'look at the replica again after a lost race',
    rules: { ...REAL, looksAgainAt: 'replica' },
    scenario: LAGGING_REPLICA_TABS,
    noticedAs: /could not see what it had lost its race to/,
  },
  {
    name: 'convict what is ahead',
    rules: { ...REAL, recover: convictingWhatIsAhead },
    scenario: RESTORED_BACKUP_TABS,
    noticedAs: /honest client was signed out/,
  },
  {
    name: 'accept a restore for ever',
    rules: { ...REAL, recover: acceptingForEver },
    scenario: RESTORED_BACKUP,
    noticedAs: /although nobody accepts it/,
  },
  {
    name: 'accept a restore and move nothing',
    rules: { ...REAL, recover: neverMovingForward },
    scenario: RESTORED_BACKUP,
    noticedAs: /not answered although the restore is accepted/,
  },
  {
    name: 'move rows backwards while a restore is accepted',
    rules: { ...REAL, recover: movingBackwards },
    scenario: RESTORED_BACKUP,
    noticedAs: /the row went back/,
  },
];
