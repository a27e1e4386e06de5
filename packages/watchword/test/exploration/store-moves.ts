import { keepWithinReach, rollBack } from './account.ts';
import { changed, type Move, type Scenario } from './move.ts';
import { endSession } from './server.ts';
import { isSameRow, type Copy, type Row, type World } from './world.ts';

/** What operators and the store do. */
export function storeMoves(world: World, scenario: Scenario): Move[] {
  const moves: Move[] = [];
  if (scenario.revocation === true && !world.row.ended && world.restore !== 'down') {
    moves.push(changed(world, 'the session is revoked', endSession));
  }
  if (world.replica !== undefined && !hasCaughtUp(world.replica, world.row)) {
    moves.push(
      changed(world, 'the replica catches up', (next) => {
        next.replica = copyRow(next.row);
        keepWithinReach(next);
      }),
    );
  }
  return scenario.backup === true ? [...moves, ...restoreMoves(world, scenario.downTicks ?? 0)] : moves;
}

function restoreMoves(world: World, downTicks: number): Move[] {
  const { backup, restore, row, downFor } = world;
  switch (restore) {
    case 'none':
      if (backup !== undefined) {
        return [changed(world, 'the store fails', (next) => (next.restore = 'down'))];
      }
      return row.ended
        ? []
        : [changed(world, 'a backup is made', (next) => (next.backup = copyRow(next.row)))];
    case 'down': {
      if (backup?.row === undefined || downFor < downTicks) return [];
      const { row: kept, behind } = backup;
      return [
        changed(world, 'the backup is restored', (next) => {
          rollBack(next, kept, behind);
          keepWithinReach(next);
          next.restore = 'restored';
          next.downFor = 0;
        }),
      ];
    }
    case 'restored':
    case 'over':
      return [changed(world, 'the operator accepts the restore', (next) => (next.restore = 'accepted'))];
    case 'accepted':
      return [changed(world, 'the time of acceptance is over', (next) => (next.restore = 'over'))];
  }
}

function copyRow(row: Row): Copy {
  return { row: { ...row }, behind: 0 };
}

function hasCaughtUp(replica: Copy, row: Row): boolean {
  return replica.behind === 0 && replica.row !== undefined && isSameRow(replica.row, row);
}
