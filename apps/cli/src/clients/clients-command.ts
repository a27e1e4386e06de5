import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addClientsCreate } from './clients-create.ts';
import { addClientsDelete } from './clients-delete.ts';
import { addClientsList } from './clients-list.ts';
import { addClientsRotate } from './clients-rotate.ts';
import { addClientsShow } from './clients-show.ts';

export function addClientsCommand(program: Command, context: CommandContext): void {
  const clients = program
    .command('clients')
    .description('Register programs that prove themselves with a secret.');
  clients.addHelpText(
    'after',
    `
Examples:
  $ watchword clients list
  $ watchword clients create --id api --role introspect --out api.secret
  $ watchword clients rotate api --keep-former 1h --out api.secret.new`,
  );
  addClientsList(clients, context);
  addClientsCreate(clients, context);
  addClientsShow(clients, context);
  addClientsRotate(clients, context);
  addClientsDelete(clients, context);
}
