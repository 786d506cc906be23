/** A filed chronic disease: who has it, and what is taken for it. */
export interface Disease {
  /** dise_codg */
  readonly code: string;
  /** How common it is among those who have any. */
  readonly share: number;
  readonly minAge: number;
  readonly sex?: "1" | "2";
  /** One of each group may be taken; `often` of those who have the disease do. */
  readonly groups: readonly { readonly often: number; readonly drugs: readonly string[] }[];
}

export const DISEASES: readonly Disease[] = [
  {
    code: "M03900",
    share: 0.46,
    minAge: 40,
    groups: [
      {
        often: 1,
        drugs: [
          "amlodipine",
          "amlodipine",
          "levamlodipine",
          "nifedipine-cr",
          "nifedipine-sr",
          "valsartan",
          "reserpine",
        ],
      },
      { often: 0.25, drugs: ["metoprolol"] },
      { often: 0.35, drugs: ["atorvastatin", "rosuvastatin"] },
      { often: 0.2, drugs: ["aspirin"] },
    ],
  },
  {
    code: "M01600",
    share: 0.24,
    minAge: 35,
    groups: [
      { often: 0.75, drugs: ["metformin"] },
      { often: 0.55, drugs: ["acarbose", "dapagliflozin", "repaglinide", "saxagliptin"] },
      { often: 0.2, drugs: ["glargine", "aspart30"] },
      { often: 0.3, drugs: ["atorvastatin"] },
    ],
  },
  {
    code: "M04600",
    share: 0.16,
    minAge: 50,
    groups: [
      { often: 0.85, drugs: ["atorvastatin", "rosuvastatin"] },
      { often: 0.6, drugs: ["aspirin"] },
      { often: 0.35, drugs: ["clopidogrel"] },
      { often: 0.4, drugs: ["danshen", "shensong", "shexiang", "xuesaitong", "ginkgo", "wenxin"] },
      { often: 0.08, drugs: ["qili"] },
    ],
  },
  { code: "M05300", share: 0.04, minAge: 15, groups: [{ often: 1, drugs: ["montelukast"] }] },
  { code: "M02100", share: 0.04, minAge: 20, groups: [{ often: 1, drugs: ["levothyroxine"] }] },
  {
    code: "M07000",
    share: 0.03,
    minAge: 50,
    sex: "1",
    groups: [
      { often: 0.8, drugs: ["finasteride"] },
      { often: 0.7, drugs: ["tamsulosin"] },
    ],
  },
  { code: "M08100", share: 0.03, minAge: 18, groups: [{ often: 1, drugs: ["sertraline"] }] },
  { code: "M09200", share: 0.03, minAge: 25, groups: [{ often: 1, drugs: ["febuxostat"] }] },
  {
    code: "M07800",
    share: 0.03,
    minAge: 30,
    groups: [
      { often: 0.9, drugs: ["niaoduqing", "bailing"] },
      { often: 0.5, drugs: ["valsartan"] },
    ],
  },
  { code: "M08300", share: 0.005, minAge: 18, groups: [{ often: 1, drugs: ["tacrolimus"] }] },
  {
    code: "M00500",
    share: 0.006,
    minAge: 30,
    groups: [{ often: 1, drugs: ["osimertinib", "osimertinib", "anlotinib"] }],
  },
  { code: "M06900", share: 0.004, minAge: 18, groups: [{ often: 1, drugs: ["secukinumab"] }] },
];

/** Drugs the fund pays for these diseases only. */
export const LIMITED_TO: Readonly<Record<string, readonly string[]>> = {
  dapagliflozin: ["M01600"],
  saxagliptin: ["M01600"],
  tacrolimus: ["M08300"],
  osimertinib: ["M00500"],
  anlotinib: ["M00500"],
  secukinumab: ["M06900"],
};
