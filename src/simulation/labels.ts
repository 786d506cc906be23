import type { Episode } from "./sale.ts";

/** One line of the labels: what an episode was, and which swipes and persons belong to it. */
export function labelOf(episode: Episode): Record<string, unknown> {
  const { id, scheme, kinds, impersonation, cunning, persons, swipeIds, money } = episode;
  return {
    episode: id,
    kind: kinds[0],
    kinds,
    name: scheme,
    ...(impersonation ? { impersonation } : {}),
    cunning,
    swipeIds,
    persons: [...persons],
    money: money / 100,
  };
}
