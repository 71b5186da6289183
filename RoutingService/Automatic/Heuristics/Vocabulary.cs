using System.Collections.Frozen;

namespace RoutingService.Automatic.Heuristics;

/// <summary>
/// The words that the heuristic knows: English well, other languages as far as their words for the tasks go. A word may say several things.
/// </summary>
internal static class Vocabulary
{
    private static readonly (Cue Cue, double Weight, string Words)[] Lists =
    [
        (Cue.Make, 1, "write create generate make build draft compose produce implement develop prepare add complete finish code program design escribe escriba crea genera redacta écris écrire rédige crée génère schreibe schreib erstelle verfasse entwirf implementiere escreva crie gere scrivi crea napisz"),
        (Cue.Code, 2, "python javascript typescript java kotlin swift golang rust c++ c# php ruby perl scala haskell bash powershell sql regex html css react angular vue django flask spring docker dockerfile kubernetes terraform yaml graphql numpy pandas linq postgresql postgres mysql mongodb redis git segfault goroutine mutex async oop leetcode"),
        (Cue.Code, 1, "code script function class method program algorithm api endpoint compiler compile refactor debug debugger bug unittest exception stacktrace backend frontend microservice microservices schema query parser regexp recursion pointer array hashmap linkedlist thread threads concurrency repository código función algoritmo programa fonction algorithme programme funktion algorithmus programm função"),
        (Cue.Fiction, 2, "story stories poem poems haiku sonnet limerick novel screenplay fable fairytale lyrics song ballad rap cuento poema historia canción histoire poème conte chanson geschichte gedicht märchen erzählung conto história racconto poesia storia"),
        (Cue.Fiction, 1, "mystery thriller tale legend myth fanfiction monologue"),
        (Cue.Prose, 2, "essay article email letter blog post report speech biography review press newsletter caption tweet description proposal resume cv memo announcement testimonial dialogue toast invitation carta correo ensayo artículo lettre courriel aufsatz artikel bericht redação"),
        (Cue.Prose, 1, "plan guide manual tutorial agenda itinerary"),
        (Cue.Prose, 0.5, "paragraph sentence text introduction conclusion message"),
        (Cue.Invent, 1, "creative imagine imaginative fictional fantasy invent original whimsical humorous funny mystery adventure dragon detective dystopian slogan tagline jingle metaphor mystical twist plot character characters narrator vivid satirical surprising suspicion suspense reveal curiosity magical atmosphere creativo imagina imaginaire kreativ erfinde"),
        (Cue.Summarize, 4, "summarize summarise summary summarized tldr tl;dr abridge condense recap resume resumir resumen résumer résume résumé zusammenfassen zusammenfassung resumo riassumi"),
        (Cue.Rewrite, 4, "rewrite rephrase paraphrase reword proofread translate translation polish simplify shorten edit correct traduce traducir traduis traduire traduction übersetze übersetzen traduza traduzir traduci reescribe reformule umformulieren"),
        (Cue.Rewrite, 3, "grammar spelling typos wording"),
        (Cue.Classify, 4, "classify categorize categorise classification sentiment label labels clasifica classifie klassifiziere classifique"),
        (Cue.Classify, 1, "category categories positive negative neutral spam"),
        (Cue.Extract, 4, "extract extrae extraer extrais extraire extrahiere extraia estrai"),
        (Cue.Extract, 1.5, "identify entities mentioned"),
        (Cue.Brainstorm, 4, "brainstorm ideas suggestions ideen idées ideias idee"),
        (Cue.Brainstorm, 2, "suggest recommend names recipes gift activities"),
        (Cue.Ask, 1, "what who whom whose when where which why how explain define describe tell qué quién cuándo dónde cuál cómo explica qui quand où quel quelle comment explique was wer wann wo wie erkläre qual quando onde quem como explique chi cosa dove"),
        (Cue.Ask, 0.3, "is are was were does do did can could should"),
        (Cue.Greet, 3, "hi hello hey thanks thank bye goodbye hola gracias bonjour merci salut hallo danke olá obrigado ciao grazie"),
        (Cue.Greet, 2, "act pretend roleplay yes no ok okay sure yep nope sí oui ja sim"),
        (Cue.Reason, 3, "prove proof derive theorem"),
        (Cue.Reason, 1.5, "solve calculate compute analyze analyse evaluate compare contrast optimize optimise debug diagnose infer deduce justify critique reconcile trade-offs tradeoffs architect demuestra calcula analiza compara prouve calcule analyse compare beweise berechne analysiere vergleiche resolva analise"),
        (Cue.Reason, 1, "why reasoning logic logical puzzle equation integral derivative probability strategy plan design algorithm complexity concurrent deadlock race bottleneck asymptotic consequences implications versus causes hypothesis counterexample therefore assess estimate investigate pourquoi warum"),
        (Cue.Reason, 0.5, "step steps approach difference differences"),
        (Cue.Reason, 0.3, "explain because if whether how consider best should"),
        (Cue.Reason, 0.7, "fails failing error errors crash crashes"),
        (Cue.Constrain, 1, "must only exactly least most without avoid ensure strictly maximum minimum limit require requirements required constraint constraints never always cannot don't except within"),
        (Cue.Constrain, 0.6, "json table bullet bullets format markdown csv xml words sentences paragraphs characters lines style tone include including containing max min under fewer longer shorter than each every using uses use should between satisfy handle support"),
        (Cue.Domain, 1, "quantum relativity thermodynamics entropy molecule protein enzyme dna rna gene genome antibiotics antibiotic bacteria virus vaccine diagnosis symptoms dosage clinical patient oncology cardiology neuron photosynthesis mitochondria statute plaintiff tort contract liability jurisdiction copyright gdpr fiscal amortization derivatives equity bond inflation macroeconomics portfolio hedge valuation ebitda regression bayesian gradient neural transformer eigenvalue matrix topology calculus polynomial algebra cryptography tls tcp dns latency throughput consensus raft paxos sharding replication idempotent semantics distributed encryption semiconductor voltage circuit stoichiometry oxidation catalyst geology tectonic keynesian kant epistemology linguistics phoneme sonata fugue warfarin ibuprofen insulin chemotherapy litigation indemnity"),
        (Cue.Domain, 0.5, "history physics chemistry biology medicine law finance economics philosophy mathematics engineering statistics database network server security tax legal medical treaty empire constitution climate energy nuclear solar disease drug drugs kidney liver cancer diabetes blood treatment medication therapy clause lawyer court lawsuit orbit theorem algorithm api cache compiler kernel protocol system"),
        (Cue.Refer, 1, "above following attached below passage excerpt provided given according based context document article conversation transcript siguiente suivant folgenden seguinte"),
    ];

    /// <summary>Scripts without spaces, or with endings that change: found anywhere in the text.</summary>
    public static (Cue Cue, double Weight, string Text, string? Capitalized)[] Fragments { get; } =
    [
        .. Split(Cue.Make, 1, "写 寫 创建 生成 编写 設計 设计 实现 作成 書いて 書く 作って 作る 실행 작성 써줘 만들 напиши создай сгенерируй реализуй اكتب लिख"),
        .. Split(Cue.Code, 2, "代码 代碼 函数 函數 脚本 编程 算法 程序 プログラム 関数 コード スクリプト 코드 함수 스크립트 알고리즘 код функци скрипт программ алгоритм كود"),
        .. Split(Cue.Fiction, 2, "故事 小说 小說 诗 詩 歌词 物語 小説 俳句 소설 이야기 рассказ стих сказк песн قصة कहानी कविता"),
        .. Split(Cue.Prose, 2, "文章 邮件 信 报告 論文 论文 メール 手紙 レポート 이메일 편지 보고서 письмо стать эссе отчёт отчет رسالة पत्र"),
        .. Split(Cue.Summarize, 4, "总结 總結 摘要 概括 要約 まとめて 요약 резюмируй кратк لخص सारांश"),
        .. Split(Cue.Rewrite, 4, "翻译 翻譯 改写 润色 翻訳 訳して 書き直 번역 перевед перепиши ترجم अनुवाद"),
        .. Split(Cue.Classify, 4, "分类 分類 情感 분류 классифицируй صنف"),
        .. Split(Cue.Extract, 4, "提取 抽取 抽出 추출 извлеки استخرج"),
        .. Split(Cue.Brainstorm, 4, "头脑风暴 点子 创意 アイデア 아이디어 иде"),
        .. Split(Cue.Ask, 1, "什么 什麼 怎么 如何 为什么 谁 哪 吗 何 なぜ どう ですか 무엇 왜 어떻게 что кто где когда почему как ما هو كيف لماذا क्या कैसे क्यों"),
        .. Split(Cue.Greet, 3, "你好 谢谢 こんにちは ありがとう 안녕 감사 привет спасибо مرحبا شكرا नमस्ते"),
        .. Split(Cue.Reason, 1.5, "证明 推导 计算 分析 比较 解决 优化 証明 計算 比較 解析 증명 계산 분석 비교 докажи вычисли проанализируй сравни реши احسب حلل"),
        .. Split(Cue.Constrain, 1, "必须 只能 不要 至少 最多 不超过 字以内 必ず 以内 반드시 должен только не более минимум"),
        .. Split(Cue.Domain, 0.7, "量子 物理 化学 医学 法律 经济 经济学 数据库 分布式 加密 神经 データベース 물리 의학 법률 квант физик медицин прав экономик"),
    ];

    public static FrozenDictionary<string, WeightedCue[]> Words { get; } = Lists
        .SelectMany(list => list.Words.Split(' ').Distinct(StringComparer.Ordinal), (list, word) => (word, cue: new WeightedCue(list.Cue, list.Weight)))
        .GroupBy(entry => entry.word, entry => entry.cue, StringComparer.OrdinalIgnoreCase)
        .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<(Cue Cue, double Weight, string Text, string? Capitalized)> Split(Cue cue, double weight, string texts)
        => texts.Split(' ').Select(text => (cue, weight, text, char.IsLower(text[0]) ? char.ToUpperInvariant(text[0]) + text[1..] : null));
}
