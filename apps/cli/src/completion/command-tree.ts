import type { Command } from 'commander';

/** A command as completion sees it; the place of `watchword keygen rsa` is `/keygen/rsa`. */
export interface CommandNode {
  readonly place: string;
  readonly name: string;
  readonly description: string;
  readonly commands: readonly CommandNode[];
  readonly options: readonly OptionNode[];
}

export interface OptionNode {
  readonly flags: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

/** The whole tree, as the help shows it. */
export function commandTree(command: Command, place = ''): CommandNode {
  const help = command.createHelp();
  return {
    place,
    name: command.name(),
    description: firstSentence(command.summary() || command.description()),
    commands: help.visibleCommands(command).map((each) => commandTree(each, `${place}/${each.name()}`)),
    options: help.visibleOptions(command).map((option) => ({
      flags: [option.short, option.long].filter((flag) => flag !== undefined),
      description: firstSentence(option.description),
      takesValue: option.required || option.optional,
      choices: option.argChoices ?? [],
    })),
  };
}

/** The node and all below it. */
export function everyNode(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(everyNode)];
}

function firstSentence(text: string): string {
  return text.split(/[.:;] /)[0]?.replace(/\.$/, '') ?? '';
}
