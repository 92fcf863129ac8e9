// What a task that does nothing costs in two pools from npm, each of two threads.
// Arguments: folder of workerpool, folder of piscina, tasks of a batch, batches.
// Both are warm, and a batch is handed over at once: the most favourable way for
// them. Prints microseconds a task, one number a batch.
"use strict";
const { isMainThread } = require("node:worker_threads");
const [workerpoolFolder, piscinaFolder, tasks, batches] = process.argv.slice(2);
const AS_WORKERPOOL = "TWO_CHEFS_WORKERPOOL";

function nothing() {
  return 0;
}

async function timed(run) {
  const begin = performance.now();
  const waiting = [];
  for (let task = 0; task < tasks; task += 1) waiting.push(run());
  await Promise.all(waiting);
  return ((performance.now() - begin) * 1e3) / tasks;
}

async function main() {
  const workerpool = require(workerpoolFolder).pool(__filename, {
    minWorkers: 2,
    maxWorkers: 2,
    workerType: "thread",
    workerThreadOpts: { env: { ...process.env, [AS_WORKERPOOL]: workerpoolFolder } },
  });
  const { Piscina } = require(piscinaFolder);
  const piscina = new Piscina({ filename: __filename, minThreads: 2, maxThreads: 2 });
  const rivals = {
    workerpool: () => workerpool.exec("nothing"),
    piscina: () => piscina.run(null),
  };
  const found = { workerpool: [], piscina: [] };
  for (const name of Object.keys(rivals)) {
    await timed(rivals[name]);
    await timed(rivals[name]);
  }
  for (let batch = 0; batch < batches; batch += 1) {
    for (const name of Object.keys(rivals)) found[name].push(await timed(rivals[name]));
  }
  console.log(JSON.stringify(found));
  await workerpool.terminate(true);
  await piscina.destroy();
}

if (isMainThread) {
  main();
} else {
  module.exports = nothing;
  const folder = process.env[AS_WORKERPOOL];
  if (folder) require(folder).worker({ nothing });
}
