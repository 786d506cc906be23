/** Pharmacies and medicines of `deploy/reference/` that the stories are told with. */

export const SHOP = {
  /** Shenyang, Shenhe; open day and night. */
  north: "P21010200123",
  /** Shenyang, about a kilometre from `north`; 08:00 to 21:30. */
  south: "P21010200456",
  /** Shenyang, Heping, 3 km from `north`; its stock of nifedipine has no codes. */
  heping: "P21010300211",
  dadong: "P21010400087",
  tiexi: "P21010600518",
  hunnan: "P21011200062",
  /** At a hospital's gate: five tills. */
  gate: "P21010500334",
  gateOfShenhe: "P21010200677",
  station: "P21010300745",
  /** Inside a factory. */
  factory: "P21011200890",
  dualChannel: "P21010600655",
  fushun: "P21040200134",
  jinzhou: "P21070200215",
  /** About 350 km from Shenyang. */
  dalian: "P21020200101",
  dalianToo: "P21020400245",
  changchun: "P22010200318",
  /** A tourist town's. */
  harbin: "P23010200441",
  /** About 630 km from Shenyang. */
  beijing: "P11010100033",
  nanjing: "P32010200376",
  /** A tourist town's. */
  hangzhou: "P33010200508",
  dezhou: "P37140200267",
  wuhan: "P42010200509",
  /** On a campus. */
  wuhanCampus: "P42010600388",
  guangzhou: "P44010300612",
  /** At a station. */
  xian: "P61010200249",
  lanzhou: "P62010200183",
  /** Suspended since 2026-01-01. */
  suspended: "P21010300902",
  /** Agreement ended on 2025-07-01. */
  ended: "P21010600777",
  stranger: "P21010299999",
} as const;

/** Rx: needs a prescription. Watched: of 附件1, so half the limits of others (RS-01). */
export const DRUG = {
  /** 5 mg x 28, one a day: 28 days. Rx, watched. */
  amlodipine: "XC08CAA187A001010102501",
  /** 20 mg x 14, one a day: 14 days. Rx, watched. */
  atorvastatin: "XC10AAA067A001010100501",
  /** The same form in a pack whose size nobody knows: days unknown. */
  atorvastatinOtherPack: "XC10AAA067A001010999901",
  /** 10 mg x 28, one a day: 28 days; of atorvastatin's class. Rx, watched. */
  rosuvastatin: "XC10AAR069A001",
  /** 75 mg x 7, one a day: 7 days. Rx, watched. */
  clopidogrel: "XB01ACL190A001010202301",
  /** 100 mg x 30, one a day: 30 days; over the counter. Watched. */
  aspirin: "XB01ACA056A012",
  /** 30 mg x 7 and 20 mg x 30: two forms of one molecule. Rx, watched. */
  nifedipineControlled: "XC08CAX066A011",
  nifedipineSustained: "XC08CAX066A010",
  /** 80 mg x 28, one a day: 28 days. Rx. */
  valsartan: "XC09CAX113A001",
  /** In no drugs.csv: two packs of one form, and another form; days unknown. */
  captopril: "XC09AAK079A001010100101",
  captoprilOther: "XC09AAK079A001010200201",
  captoprilSlow: "XC09AAK079A010010100101",
  /** 10 tablets, one a day: 10 days. Rx. */
  reserpine: "XC02LAF412A001",
  /** 0.5 g x 48, three a day: 16 days. Rx. */
  metformin: "XA10BAE035A001",
  /** 1 mg x 30, three a day: 10 days. Rx. */
  repaglinide: "XA10BXR038A001",
  /** 5 mg x 7, one a day: 7 days. Rx. */
  saxagliptin: "XA10BHS013A001",
  /** 50 mg x 30, three a day: 10 days. Rx. */
  acarbose: "XA10BFA043A001",
  /** Basal and mealtime insulin, 300 units: 15 days and 12.5. Rx, watched. */
  glargine: "XA10AEG025B002",
  /** Rx. */
  aspart: "XA10ABM079B002",
  /** 0.5 g x 24, four a day: 6 days. Rx. */
  amoxicillin: "XJ01CAA040E001",
  /** 0.5 mg x 28, one a day: 28 days. Rx. */
  entecavir: "XJ05AFE055A001",
  /** 5 mg x 10, one a day: 10 days; for men. Rx. */
  finasteride: "XG04CBF041A001",
  /** 10 mg x 20, two a day: 10 days; for women from 14 years on. Rx. */
  dydrogesterone: "XG03DAD069A001",
  /** 12 sachets, three a day: 4 days; for children of 1 to 12 years; over the counter. */
  childrensCold: "XR05XAF610N001",
  /** 1 mg x 50, four a day: 12.5 days. Watched; over the counter as far as drugs.csv says. */
  tacrolimus: "XL04ADT002E001",
  /** 0.2 g x 20, four a day: 5 days; over the counter. */
  ibuprofen: "XM01AEB103A001",
  /** 0.5 g x 12, four a day: 3 days; over the counter. */
  paracetamol: "XN02BED230A001",
  /** 600 mg x 60, one a day: 60 days; over the counter. */
  calcium: "XA12AXT028A001",
  /** 100 mg x 100, three a day: 33 days; over the counter, 6 yuan a sale in the area. */
  vitaminC: "XA11GAW025A001",
  /** 36 capsules, six a day: 6 days; over the counter. */
  phospholipids: "XA05BAD110E001",
  /** Tablets and capsules of one name: one product. 24, twelve a day: 2 days. Watched. */
  lianhuaTablets: "ZA04CAL0115",
  lianhuaCapsules: "ZA04CAL0116",
  /** 24, six a day: 4 days. Rx, watched. */
  xuesaitong: "ZA12HAX0863",
  /** 36, twelve a day: 3 days. Rx, watched. */
  qiliQiangxin: "ZA12DAQ0082",
  /** 36, nine a day: 4 days. Rx, watched. */
  shensongYangxin: "ZA09HAC0221",
  /** One pill. Rx, watched, 860 yuan. */
  angongNiuhuang: "ZA07AAA0061",
  /** 250 g, 890 yuan. Watched; in the no-code stock of `north`. */
  donkeyHideGelatin: "ZA09BAA0005",
  /** 80 mg x 30, one a day. Rx, watched, dual channel. */
  osimertinib: "XL01XEA298A001",
  /** 12 mg x 7: 10.5 days. Rx, dual channel; paid for who is filed. */
  anlotinib: "XL01EXA405E001",
  /** Needs no codes. 6 sachets, three a day: 2 days. */
  rehydration: "XB05XAL052P001",
  /** Slices, in grams: no codes, no packs. 20 g a day. Watched. */
  astragalus: "T001700368",
  /** 12 g a day. Watched. */
  goji: "T001700294",
  /** In no drugs.csv, not watched. */
  hawthorn: "T001700916",
} as const;

export const CARE_HOME = "TEST-AGENT-CARE-HOME-0001";
/** Holds the codes of four relatives. */
export const FAMILY = "TEST-AGENT-FAMILY-0001";

/** A daughter who is registered with the pharmacy. */
export const PROXY = { id: "210102198203040011", relation: "child", registered: true } as const;

/** Gives overrides; neither the operator of the stories nor suspended. */
export const APPROVER = "L0031";
