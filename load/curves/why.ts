/** By curve: why it is neither flat nor straight, or what is to be known beside it; one sentence each. */
export const WHY: Readonly<Record<string, string>> = {
  rules:
    "Up to 100 a rule more is mostly a kind of memory more (20 rules look at nine logs, three bindings and one tally, 100 at twelve, seven and two, and at prescriptions and tokens); from 100 on it is judging alone.",
  codes:
    "A trace code is a digest and an entry of its own bucket; a till that uploads its codes later has none here, and more than six packs a line are held, which is answered without a settlement.",
  swipes:
    "The whole ledger is read with each check, 16 bytes and more a line; who swiped often is held more often, and a hold has no settlement.",
  instances:
    "Guards, Redis and the tills share the machine's cores, so that more guards than cores add nothing but the work each does on its own.",
  shards:
    "On a Cluster the person goes first, and then a call an entity instead of one for all: half as much again as on one Redis with the first primary already; each further primary gets writes and replies of its own.",
};
