/** Pharmacies and medicines of `deploy/reference/` that the stories are told with. */

export const SHOP = {
  /** Shenyang, Shenhe. */
  north: "P21010200123",
  /** Shenyang, about a kilometre from `north`. */
  south: "P21010200456",
  /** Shenyang, Heping; its stock of nifedipine has no codes. */
  heping: "P21010300211",
  gate: "P21010500334",
  /** About 350 km from Shenyang. */
  dalian: "P21020200101",
  /** About 630 km from Shenyang. */
  beijing: "P11010100033",
  /** Suspended since 2026-01-01. */
  suspended: "P21010300902",
  /** Agreement ended on 2025-07-01. */
  ended: "P21010600777",
  stranger: "P21010299999",
} as const;

export const DRUG = {
  /** 5 mg x 28, one a day: 28 days. */
  amlodipine: "XC08CAA187A001010102501",
  /** 20 mg x 14, one a day: 14 days. */
  atorvastatin: "XC10AAA067A001010100501",
  /** The same form in a pack whose size nobody knows: days unknown. */
  atorvastatinOtherPack: "XC10AAA067A001010999901",
  /** 75 mg x 7, one a day: 7 days. */
  clopidogrel: "XB01ACL190A001010202301",
  /** 100 mg x 30, one a day: 30 days; over the counter. */
  aspirin: "XB01ACA056A012",
  /** 5 mg x 10, one a day: 10 days. */
  finasteride: "XG04CBF041A001",
  /** 0.2 g x 20, four a day: 5 days; over the counter. */
  ibuprofen: "XM01AEB103A001",
  /** Tablets and capsules of one name: one product. 24, twelve a day: 2 days. */
  lianhuaTablets: "ZA04CAL0115",
  lianhuaCapsules: "ZA04CAL0116",
  /** 600 mg x 60, one a day: 60 days. */
  calcium: "XA12AXT028A001",
  /** 80 mg x 30, one a day; dual channel. */
  osimertinib: "XL01XEA298A001",
  /** 30 mg x 7 and 20 mg x 30: two forms of one molecule. */
  nifedipineControlled: "XC08CAX066A011",
  nifedipineSustained: "XC08CAX066A010",
  /** In the no-code stock of `north`. */
  donkeyHideGelatin: "ZA09BAA0005",
  /** Needs no codes. 6 sachets, three a day: 2 days. */
  rehydration: "XB05XAL052P001",
  /** Slices, in grams: no codes, no packs. */
  astragalus: "T001700368",
  /** 20 g a day. */
  goji: "T001700294",
} as const;

export const CARE_HOME = "TEST-AGENT-CARE-HOME-0001";
