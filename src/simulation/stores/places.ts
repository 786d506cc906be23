/** A county or district with what the map knows of it. */
export interface Place {
  /** Six digits of GB/T 2260. */
  readonly area: string;
  readonly latitude: number;
  readonly longitude: number;
}

const at = (area: string, latitude: number, longitude: number): Place => ({
  area,
  latitude,
  longitude,
});

/** The city itself. */
export const CITY: readonly Place[] = [
  at("210102", 41.789, 123.42),
  at("210103", 41.797, 123.459),
  at("210104", 41.805, 123.47),
  at("210105", 41.822, 123.444),
  at("210106", 41.804, 123.35),
  at("210111", 41.665, 123.344),
  at("210112", 41.741, 123.467),
  at("210113", 42.052, 123.521),
];

/** Where commuters live: another prefecture, an hour away. */
export const NEIGHBOURS: readonly Place[] = [
  at("210402", 41.881, 123.913),
  at("210502", 41.297, 123.766),
];

/** Where people travel to. */
export const FAR: readonly Place[] = [
  at("210202", 38.918, 121.645),
  at("110101", 39.929, 116.416),
  at("220102", 43.864, 125.35),
  at("310101", 31.231, 121.484),
  at("420102", 30.6, 114.309),
  at("440103", 23.126, 113.244),
  at("510104", 30.653, 104.081),
];

/** Prefectures from which visitors come; none of them has a pharmacy in this world. */
export const ABROAD: readonly string[] = [
  "130100",
  "140100",
  "150100",
  "230100",
  "320100",
  "330100",
  "340100",
  "350100",
  "360100",
  "370100",
  "410100",
  "430100",
  "450100",
  "460100",
  "500100",
  "520100",
  "530100",
  "610100",
  "620100",
  "640100",
  "650100",
  "130200",
  "320500",
  "330200",
  "370200",
  "230600",
];

/** Degrees a pharmacy may stand from its district's middle: about four kilometres. */
export const SPREAD = 0.04;
