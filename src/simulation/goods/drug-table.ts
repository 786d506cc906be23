import type { Drug } from "./drug.ts";

/**
 * What the city's pharmacies sell. Names and the first characters of codes follow the published forms; codes
 * on the watchlist are the watchlist's. Prices, packs and doses are plausible, not any bureau's.
 */

type More = Partial<Omit<Drug, "key" | "prefix" | "name" | "price">>;

/** `days` is written pack/daily, as on the box: 28/1. */
function drug(
  key: string,
  prefix: string,
  name: string,
  price: number,
  days: string,
  more: More = {},
): Drug {
  const [pack, daily] = days === "" ? [] : days.split("/").map(Number);
  return {
    key,
    prefix,
    name,
    price,
    prescription: false,
    usualPacks: 1,
    ...(pack === undefined || daily === undefined ? {} : { packUnits: pack, dailyUnits: daily }),
    ...more,
  };
}

const RX = { prescription: true } as const;
const rx = (usualPacks: number, more: More = {}): More => ({ ...RX, usualPacks, ...more });
const otc = (usualPacks: number, more: More = {}): More => ({ usualPacks, ...more });
const ADULT = { minAge: 18 } as const;

export const CHRONIC_DRUGS: readonly Drug[] = [
  drug("amlodipine", "XC08CAA187A001", "苯磺酸氨氯地平片 5mg×28片", 34, "28/1", rx(1, ADULT)),
  drug(
    "levamlodipine",
    "XC08CAZ067A001",
    "苯磺酸左氨氯地平片 2.5mg×14片",
    26,
    "14/1",
    rx(2, ADULT),
  ),
  drug("nifedipine-cr", "XC08CAX066A011", "硝苯地平控释片 30mg×7片", 33, "7/1", rx(4, ADULT)),
  drug("nifedipine-sr", "XC08CAX066A010", "硝苯地平缓释片 20mg×30片", 20, "30/2", rx(2, ADULT)),
  drug("valsartan", "XC09CAX080E001", "缬沙坦胶囊 80mg×28粒", 39, "28/1", rx(1, ADULT)),
  drug("metoprolol", "XC07ABM062A010", "琥珀酸美托洛尔缓释片 47.5mg×7片", 19, "7/1", rx(4, ADULT)),
  drug("reserpine", "XC02LAF015A001", "复方利血平氨苯蝶啶片 30片", 18, "30/1", rx(1, ADULT)),
  drug("atorvastatin", "XC10AAA067A001", "阿托伐他汀钙片 20mg×14片", 36.5, "14/1", rx(2, ADULT)),
  drug("rosuvastatin", "XC10AAR069A001", "瑞舒伐他汀钙片 10mg×28片", 52, "28/1", rx(1, ADULT)),
  drug("clopidogrel", "XB01ACL190A001", "硫酸氢氯吡格雷片 75mg×7片", 31, "7/1", rx(4, ADULT)),
  drug(
    "aspirin",
    "XB01ACA056A012",
    "阿司匹林肠溶片 100mg×30片",
    16,
    "30/1",
    otc(1, { minAge: 16 }),
  ),
  drug(
    "metformin",
    "XA10BAE035A001",
    "盐酸二甲双胍片 0.5g×48片",
    26,
    "48/3",
    rx(2, { minAge: 10 }),
  ),
  drug("acarbose", "XA10BFA014A001", "阿卡波糖片 50mg×30片", 42, "30/3", rx(3, ADULT)),
  drug("repaglinide", "XA10BXR021A001", "瑞格列奈片 1mg×30片", 38, "30/3", rx(3, ADULT)),
  drug("dapagliflozin", "XA10BKD256A001", "达格列净片 10mg×14片", 61, "14/1", rx(2, ADULT)),
  drug("saxagliptin", "XA10BHS014A001", "沙格列汀片 5mg×7片", 52, "7/1", rx(4, ADULT)),
  drug("glargine", "XA10AEG025B002", "甘精胰岛素注射液 3ml:300单位", 142, "300/20", {
    ...rx(2, { minAge: 6 }),
    setting: "retail",
  }),
  drug("aspart30", "XA10ADM080B002", "门冬胰岛素30注射液 3ml:300单位", 77, "300/30", {
    ...rx(3, { minAge: 10 }),
    setting: "retail",
  }),
  drug("danshen", "ZA12BAF0354", "复方丹参滴丸 27mg×180丸", 33, "180/30", otc(5, ADULT)),
  drug("shensong", "ZA09HAC0221", "参松养心胶囊 0.4g×36粒", 37, "36/9", rx(8, ADULT)),
  drug("qili", "ZA12DAQ0082", "芪苈强心胶囊 0.3g×36粒", 41, "36/12", rx(10, ADULT)),
  drug("xuesaitong", "ZA12HAX0863", "血塞通胶囊 50mg×24粒", 31, "24/6", rx(7, ADULT)),
  drug("shexiang", "ZA12AAS0340", "麝香保心丸 22.5mg×42丸", 34, "42/6", rx(4, ADULT)),
  drug("suxiao", "ZA12BAS0986", "速效救心丸 40mg×180丸", 45, "180/12", otc(1, ADULT)),
  drug("wenxin", "ZA09HAW0187", "稳心颗粒 5g×9袋", 38, "9/3", rx(10, ADULT)),
  drug("ginkgo", "ZA12HAY0552", "银杏叶片 19.2mg×24片", 24, "24/3", rx(4, ADULT)),
  drug("niaoduqing", "ZA16EAN0073", "尿毒清颗粒 5g×15袋", 62, "15/4", rx(8, ADULT)),
  drug("bailing", "ZA09FAB0148", "百令胶囊 0.5g×42粒", 58, "42/12", rx(9, ADULT)),
  drug("levothyroxine", "XH03AAZ055A001", "左甲状腺素钠片 50μg×100片", 29, "100/1", rx(1)),
  drug(
    "finasteride",
    "XG04CBF041A001",
    "非那雄胺片 5mg×10片",
    44,
    "10/1",
    rx(3, { sex: "1", minAge: 18 }),
  ),
  drug(
    "tamsulosin",
    "XG04CAT046E010",
    "盐酸坦索罗辛缓释胶囊 0.2mg×10粒",
    32,
    "10/1",
    rx(3, { sex: "1", minAge: 18 }),
  ),
  drug("calcium", "XA12AXT028A001", "碳酸钙D3片 600mg×60片", 58, "60/1", otc(1)),
  drug("omeprazole", "XA02BCA022A012", "奥美拉唑肠溶片 20mg×14片", 21, "14/1", rx(1, ADULT)),
  drug("montelukast", "XR03DCM102A001", "孟鲁司特钠片 10mg×5片", 26, "5/1", rx(6, { minAge: 15 })),
  drug("sertraline", "XN06ABS025A001", "盐酸舍曲林片 50mg×14片", 34, "14/1", rx(2, { minAge: 6 })),
  drug("febuxostat", "XM04AAF033A001", "非布司他片 40mg×14片", 28, "14/1", rx(2, ADULT)),
  drug("tacrolimus", "XL04ADT002E001", "他克莫司胶囊 1mg×50粒", 760, "50/4", rx(2)),
  drug("osimertinib", "XL01XEA298A001", "甲磺酸奥希替尼片 80mg×30片", 5_560, "30/1", {
    ...rx(1, ADULT),
    dualChannel: true,
  }),
  drug("anlotinib", "XL01XEA321E001", "盐酸安罗替尼胶囊 12mg×7粒", 2_150, "7/0.6667", {
    ...rx(2, ADULT),
    dualChannel: true,
  }),
  drug("secukinumab", "XL04ACS271B002", "司库奇尤单抗注射液 1ml:150mg", 866, "1/0.0714", {
    ...rx(2, { minAge: 6 }),
    dualChannel: true,
    setting: "retail",
  }),
];

export const ACUTE_DRUGS: readonly Drug[] = [
  drug("ibuprofen", "XM01AEB103A001", "布洛芬片 0.2g×20片", 12, "20/4", otc(1, { minAge: 6 })),
  drug(
    "paracetamol",
    "XN02BED230A001",
    "对乙酰氨基酚片 0.5g×12片",
    9,
    "12/4",
    otc(1, { minAge: 6 }),
  ),
  drug("lianhua", "ZA04CAL0115", "连花清瘟片 0.35g×24片", 20, "24/12", otc(2, { minAge: 3 })),
  drug(
    "lianhua-capsule",
    "ZA04CAL0116",
    "连花清瘟胶囊 0.35g×24粒",
    20,
    "24/12",
    otc(2, { minAge: 3 }),
  ),
  drug("ganmaoling", "ZA01BAG0021", "感冒灵颗粒 10g×9袋", 14, "9/3", otc(1)),
  drug("banlangen", "ZA04BAB0033", "板蓝根颗粒 10g×20袋", 16, "20/3", otc(1)),
  drug("pudilan", "ZA04BAP0061", "蒲地蓝消炎口服液 10ml×10支", 29, "10/3", otc(1)),
  drug("pipalu", "ZA06BBQ0240", "强力枇杷露 100ml", 15, "100/45", otc(1)),
  drug("feilike", "ZA06CAF0030", "肺力咳合剂 100ml", 31, "100/60", rx(1)),
  drug("huoxiang", "ZA02AAH0042", "藿香正气口服液 10ml×10支", 18, "10/3", otc(1)),
  drug("jianwei", "ZA13AAJ0077", "健胃消食片 0.8g×32片", 11, "32/9", otc(1)),
  drug("loratadine", "XR06AXL180A001", "氯雷他定片 10mg×6片", 17, "6/1", otc(1, { minAge: 2 })),
  drug("smectite", "XA07BCM077P001", "蒙脱石散 3g×10袋", 16, "10/3", otc(1)),
  drug(
    "ors",
    "XB05XAL052P001",
    "口服补液盐散 5.125g×6袋",
    16,
    "6/3",
    otc(1, { traceExempt: true }),
  ),
  drug("vitamin-c", "XA11GAW079A001", "维生素C片 0.1g×100片", 6, "100/3", otc(1)),
  drug("vitamin-b", "XA11EAF011A001", "复合维生素B片 100片", 8, "100/6", otc(1)),
  drug("oryzanol", "XN07XXG081A001", "谷维素片 10mg×100片", 7, "100/6", otc(1)),
  drug("ambroxol", "XR05CBA195A001", "盐酸氨溴索片 30mg×20片", 18, "20/3", otc(1)),
  drug("amoxicillin", "XJ01CAA040E001", "阿莫西林胶囊 0.5g×24粒", 22, "24/4", rx(1)),
  drug("cefixime", "XJ01DDT108E001", "头孢克肟胶囊 0.1g×8粒", 34, "8/2", rx(1)),
  drug("azithromycin", "XJ01FAA101A001", "阿奇霉素片 0.25g×6片", 24, "6/2", rx(1, { minAge: 12 })),
  drug("eye-drops", "XS01AEZ110G001", "左氧氟沙星滴眼液 5ml", 19, "", rx(1)),
  drug(
    "dydrogesterone",
    "XG03DAD069A001",
    "地屈孕酮片 10mg×20片",
    96,
    "20/2",
    rx(1, { sex: "2", minAge: 14 }),
  ),
  drug(
    "yimucao",
    "ZA11AAY0065",
    "益母草颗粒 15g×10袋",
    22,
    "10/2",
    otc(1, { sex: "2", minAge: 12 }),
  ),
  drug("erythromycin", "XD06AXE052F001", "红霉素软膏 10g", 5, "", otc(1)),
];

export const TONIC_DRUGS: readonly Drug[] = [
  drug("ejiao", "ZA09BAA0005", "阿胶 250g", 880, "250/9", otc(1)),
  drug("ejiaojiang", "ZA09BAF0284", "复方阿胶浆 20ml×12支", 58, "12/3", otc(3)),
  drug("angong", "ZA07AAA0061", "安宫牛黄丸 3g×1丸", 840, "1/1", rx(1)),
  drug("liuwei", "ZA09CAL0264", "六味地黄丸 200丸", 20, "200/24", otc(2)),
];

/** Paid for only together with others. */
const COMPOUND_ONLY = ["sanqifen", "xiyangshen", "gouqizi", "suanzaoren"];

/** Grams a day is what one ounce-weight of a mixture comes to. */
export const SLICES: readonly Drug[] = [
  ["huangqi", "T001700368", "黄芪", 0.12, 20],
  ["danggui", "T001700173", "当归", 0.25, 10],
  ["dangshen", "T001700174", "党参片", 0.2, 12],
  ["fuling", "T000600266", "茯苓", 0.09, 12],
  ["baizhu", "T001700031", "白术", 0.13, 10],
  ["chuanxiong", "T001200132", "川芎", 0.1, 8],
  ["maidong", "T001700535", "麦冬", 0.24, 10],
  ["danshen-slice", "T001200177", "丹参", 0.08, 12],
  ["jinyinhua", "T000200433", "金银花", 0.36, 12],
  ["fangfeng", "T000100239", "防风", 0.3, 8],
  ["suanzaoren", "T001400105", "炒酸枣仁", 1.2, 12],
  ["fabanxia", "T001300237", "法半夏", 0.35, 8],
  ["sanqifen", "T001100659", "三七粉", 1.4, 6],
  ["xiyangshen", "T001700805", "西洋参", 2.2, 6],
  ["gouqizi", "T001700294", "枸杞子", 0.16, 12],
].map(([key, prefix, name, price, daily]) =>
  drug(String(key), String(prefix), String(name), Number(price), `1/${daily}`, {
    usualPacks: 70,
    traceExempt: true,
    ...(COMPOUND_ONLY.includes(String(key)) ? { setting: "compound" as const } : {}),
  }),
);

/** What has no place at a retail pharmacy's till. */
export const HOSPITAL_GOODS: readonly Drug[] = [
  drug("danhong", "ZA12CAD0087", "丹红注射液 20ml", 36, "", rx(1, { setting: "inpatient" })),
  drug(
    "cefotaxime",
    "XJ01DDT092B001",
    "注射用头孢噻肟钠 1g",
    12,
    "",
    rx(1, { setting: "inpatient" }),
  ),
  drug("flush-syringe", "C14231303900001", "预充式导管冲洗器", 9, "", otc(1)),
  drug("dialyser", "C10080117000001", "血液透析器", 118, "", otc(1)),
];

export const ALL_DRUGS: readonly Drug[] = [
  ...CHRONIC_DRUGS,
  ...ACUTE_DRUGS,
  ...TONIC_DRUGS,
  ...SLICES,
  ...HOSPITAL_GOODS,
];
