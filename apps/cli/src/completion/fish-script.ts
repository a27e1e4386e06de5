import { everyNode, type CommandNode, type OptionNode } from './command-tree.ts';
import { quoteForFish } from './quote.ts';

/** For fish: sourced, or as `watchword.fish` in its folder of completions. */
export function fishScript(tree: CommandNode): string {
  const nodes = everyNode(tree);
  const places = nodes.slice(1).map(({ place }) => quoteForFish(place));
  return `# watchword for fish: put this into ~/.config/fish/config.fish
#   watchword completion fish | source
function __watchword_at
    set -l place ''
    for word in (commandline -opc)[2..-1]
        switch "$place/$word"
            case ${places.join(' ')}
                set place "$place/$word"
        end
    end
    test "$place" = "$argv[1]"
end
${nodes.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ place, commands, options }: CommandNode): readonly string[] {
  const at = `complete -c watchword -n ${quoteForFish(`__watchword_at ${quoteForFish(place)}`)}`;
  return [
    ...commands.map(
      ({ name, description }) => `${at} -f -a ${quoteForFish(name)} -d ${quoteForFish(description)}`,
    ),
    ...options.map((option) => `${at} ${flagsOf(option)} -d ${quoteForFish(option.description)}`),
  ];
}

function flagsOf({ flags, takesValue, choices }: OptionNode): string {
  const named = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  if (choices.length > 0) named.push(`-x -a ${quoteForFish(choices.join(' '))}`);
  else if (takesValue) named.push('-r');
  return named.join(' ');
}
