using RoutingService.Automatic;
using RoutingService.Automatic.Heuristics;
using Shouldly;
using Tests.Corpora;
using Xunit;

namespace Tests.Automatic;

public sealed class HeuristicTests
{
    private static readonly ScoreThresholds Thresholds = new(0.25m, 0.45m);

    [Theory]
    [InlineData("hi", "simple", "Chatbot")]
    [InlineData("Thanks, bye!", "simple", "Chatbot")]
    [InlineData("yes, do it", "simple", "Chatbot")]
    [InlineData("What is the capital of France?", "simple", "Open QA")]
    [InlineData("Who wrote Hamlet?", "simple", "Open QA")]
    [InlineData("How many days are in a leap year?", "simple", "Open QA")]
    [InlineData("Why is the sky blue?", "simple", "Open QA")]
    [InlineData("What time zone is Tokyo in?", "simple", "Open QA")]
    [InlineData("2+2", "simple", null)]
    [InlineData("Translate 'good morning' to Spanish.", "simple", "Rewrite")]
    [InlineData("Fix the grammar: she go to school yesterday", "simple", null)]
    [InlineData("Rephrase this sentence: The meeting was long and boring.", "simple", "Rewrite")]
    [InlineData("Antibiotics are a type of medication used to treat bacterial infections. Antibiotics work by either killing the bacteria or preventing them from reproducing, allowing the body's immune system to fight off the infection. Summarize the above in one sentence.", "simple", "Summarization")]
    [InlineData("Summarize this article in one sentence: The city council voted on Monday to extend the tram line to the airport.", "simple", "Summarization")]
    [InlineData("Classify the sentiment of this review as positive or negative: I loved the food.", "simple", "Classification")]
    [InlineData("Extract the names and dates from the following text: Anna met Ben on 3 May 2020 in Rome.", "simple", "Extraction")]
    [InlineData("Define photosynthesis.", "simple", "Open QA")]
    [InlineData("What does HTTP stand for?", "simple", "Open QA")]
    [InlineData("Recommend a good book.", "simple", null)]
    [InlineData("Write a Python script that uses a for loop.", "medium", "Code Generation")]
    [InlineData("Write a SQL query that returns the ten largest customers.", "medium", "Code Generation")]
    [InlineData("Implement a binary search in C#.", "medium", "Code Generation")]
    [InlineData("Create a bash script that renames all files in a folder.", "medium", "Code Generation")]
    [InlineData("Write a regex that matches an email address.", "medium", "Code Generation")]
    [InlineData("Write an email to my landlord about the broken heating, polite and no longer than 100 words.", "medium", "Text Generation")]
    [InlineData("Brainstorm ten ideas for a birthday party.", "medium", "Brainstorming")]
    [InlineData("Prove that the square root of 2 is irrational.", "medium", null)]
    [InlineData("Compare the economics of solar and nuclear energy, and explain the trade-offs for a small country.", "medium", null)]
    [InlineData("A train leaves at 9:00 at 80 km/h and another at 10:00 at 120 km/h on the same track. When does the second one catch up? Explain step by step.", "medium", null)]
    [InlineData("Write a mystery set in a small town where an everyday object goes missing, causing a ripple of curiosity and suspicion. Follow the investigation and reveal the surprising truth behind the disappearance.", "complex", "Text Generation")]
    [InlineData("Antibiotics are a type of medication used to treat bacterial infections. Antibiotics work by either killing the bacteria or preventing them from reproducing, allowing the body's immune system to fight off the infection. Antibiotics are usually taken orally in the form of pills, capsules, or liquid solutions, or sometimes administered intravenously. They are not effective against viral infections, and using them inappropriately can lead to antibiotic resistance. Explain the above in one sentence.", "simple", null)]
    [InlineData("My python script fails with KeyError: 'user' in line 12, why?", "medium", null)]
    [InlineData("What is the difference between TCP and UDP?", "simple", "Open QA")]
    [InlineData("Give me a recipe for pancakes.", "simple", null)]
    [InlineData("Convert 5 miles to km", "simple", null)]
    [InlineData("List three synonyms for happy.", "simple", null)]
    [InlineData("What's the weather like today?", "simple", "Open QA")]
    [InlineData("Refactor this function to be async:\n```csharp\npublic string Load(string path) { return File.ReadAllText(path); }\n```", "medium", "Code Generation")]
    [InlineData("Write a React component with TypeScript that shows a sortable table, supports pagination and keyboard navigation, and must not use any library.", "medium+", "Code Generation")]
    [InlineData("Write a blog post about remote work.", "medium", "Text Generation")]
    [InlineData("日本の首都は何ですか？", "simple", "Open QA")]
    [InlineData("파이썬으로 파일을 읽는 스크립트를 작성해줘", "medium", "Code Generation")]
    [InlineData("Write a mystery story. The story should have a detective, a plot twist at the end, and vivid characters; keep it within 500 words.", "complex", "Text Generation")]
    [InlineData("Write a whimsical poem about a dragon who learns to code, in exactly four stanzas, without the letter e.", "complex", "Text Generation")]
    [InlineData("Invent a fantasy world: write a creative short story with original characters, a mystical plot and a twist. It must include a dragon and never name the narrator.", "complex", "Text Generation")]
    [InlineData("Design and implement a distributed rate limiter in Go that handles a million requests per second with exactly-once semantics across regions. Compare consistency trade-offs of raft and eventual replication, analyze race conditions and deadlock risks, and prove the algorithm correct. It must not exceed 5 ms latency and should only use Redis.", "complex", "Code Generation")]
    [InlineData("Write a lock-free concurrent queue in Rust. Analyze its memory ordering, prove that no deadlock or race can occur, compare its complexity with a mutex implementation, optimize the bottleneck, and include a test for each method. It must not allocate and must never block.", "complex", "Code Generation")]
    [InlineData("你好", "simple", "Chatbot")]
    [InlineData("法国的首都是什么？", "simple", "Open QA")]
    [InlineData("请用 Python 编写一个快速排序算法的代码", "medium", "Code Generation")]
    [InlineData("写一个关于龙的故事，至少五百字，必须有一个侦探", "medium+", "Text Generation")]
    [InlineData("¿Cuál es la capital de Perú?", "simple", "Open QA")]
    [InlineData("Escribe un script en Python que lea un archivo csv.", "medium", "Code Generation")]
    [InlineData("Schreibe ein Programm in Java, das eine Liste sortiert.", "medium", "Code Generation")]
    [InlineData("Was ist die Hauptstadt von Österreich?", "simple", "Open QA")]
    [InlineData("Напиши скрипт на Python, который читает файл", "medium", "Code Generation")]
    [InlineData("Привет", "simple", "Chatbot")]
    public void Prompt_WhenItIsAnEverydayOne_IsOfTheExpectedTier(string prompt, string tier, string? task)
    {
        var classification = HeuristicClassifier.Classify(prompt);

        var found = Thresholds.TierOf(classification.Score);
        if (tier.EndsWith('+'))
        {
            ((int)found).ShouldBeGreaterThanOrEqualTo((int)Tiers.ByName[tier[..^1]], classification.ToString());
        }
        else
        {
            found.Name().ShouldBe(tier, classification.ToString());
        }

        if (task is not null)
        {
            classification.TaskType.ShouldBe(task, classification.ToString());
        }
    }

    [Fact]
    public void FewShots_WhenExamplesLeadTheWay_AreCounted()
    {
        HeuristicClassifier.Classify("sea -> mer\nbread -> pain\ncheese ->").FewShots.ShouldBe(2);
        HeuristicClassifier.Classify("Q: 1+1\nA: 2\nQ: 2+2\nA: 4\nQ: 3+3\nA:").FewShots.ShouldBe(2);
        HeuristicClassifier.Classify("Tell me about the sea.").FewShots.ShouldBe(0);
        HeuristicClassifier.Classify(string.Concat(Enumerable.Repeat("Input: a\nOutput: b\n", 50))).FewShots.ShouldBe(5);
    }

    [Fact]
    public void Context_WhenMaterialIsGiven_IsHigher()
    {
        const string Question = "According to the text below, when was the bridge built?";
        var material = string.Concat(Enumerable.Repeat(" The bridge crosses the river where the old ferry was.", 20));

        var asked = HeuristicClassifier.Classify(Question);
        var given = HeuristicClassifier.Classify(Question + "\n" + material);

        given.ContextualKnowledge.ShouldBeGreaterThan(asked.ContextualKnowledge);
        given.TaskType.ShouldBe("Closed QA");
    }

    [Fact]
    public void AnyText_WhenItIsClassified_IsWithinTheBounds()
    {
        var random = new Random(20261121);
        var words = string.Join(' ', CorpusLibrary.NaughtyStrings()).Split(' ');
        var texts = CorpusLibrary.NaughtyStrings()
            .Concat(["", " ", "\0", "\ud800", "\udc00\ud800", new string('a', 100_000), new string('{', 20_000), new string('?', 20_000), new string('\n', 20_000)])
            .Concat(Enumerable.Range(0, 500).Select(_ => string.Join(' ', Enumerable.Range(0, random.Next(200)).Select(_ => words[random.Next(words.Length)]))))
            .Concat(Enumerable.Range(0, 500).Select(_ => new string([.. Enumerable.Range(0, random.Next(300)).Select(_ => (char)random.Next(0x10000))])));
        foreach (var text in texts)
        {
            var found = HeuristicClassifier.Classify(text);

            TaskTypes.All.ShouldContain(found.TaskType, text);
            (found.SecondTaskType == TaskTypes.None || TaskTypes.All.Contains(found.SecondTaskType)).ShouldBeTrue(text);
            foreach (var head in new[] { found.TaskTypeProbability, found.Creativity, found.Reasoning, found.ContextualKnowledge, found.DomainKnowledge, found.Constraints })
            {
                head.ShouldBeInRange(0, 1, text);
            }

            found.FewShots.ShouldBeInRange(0, 5, text);
            found.Score.ShouldBeInRange(0, PromptClassification.MaxScore, text);
            HeuristicClassifier.Classify(text).ShouldBe(found, text);
        }
    }

    [Fact]
    public async Task AnyText_WhenItIsRouted_GoesSomewhere()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await RouterScenario.StartAsync(server);
        scenario.Route = scenario.Route with { IsSticky = true };
        foreach (var text in CorpusLibrary.NaughtyStrings().Append("\ud800 half"))
        {
            (await scenario.DecideAsync(text)).ModelReference.ShouldBeOneOf("small", "middle", "large");
        }
    }
}
