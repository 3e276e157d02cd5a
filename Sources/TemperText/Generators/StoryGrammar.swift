/// The grammar of short stories: their characters and things, and rules with alternatives.
///
/// In an alternative `<rule>` stands for one of that rule's, and `{slot}` for a character or thing that stays the same throughout a story.
/// `{a slot}` adds the article, `{slot.he}`, `{slot.him}`, `{slot.his}`, `{slot.was}` and `{slot.is}` are the words that agree with it,
/// `{slot.He}` is capitalised. Every story has a wish or a problem, what was done about it and why, and an ending: what comes later follows
/// from what came before.
enum StoryGrammar {
  private typealias Entity = StoryMaker.Entity

  /// The kind of entity of each slot.
  static let slots = [
    "hero": "children", "friend": "children", "elder": "elders", "animal": "animals", "thing": "things", "other": "things",
    "place": "places", "food": "foods", "color": "colors", "plant": "plants",
  ]

  static let entities: [String: [StoryMaker.Entity]] = [
    "children": ["Lily", "Mia", "Anna", "Rosa", "Zoe", "Nora", "Ella", "Ivy"].map { Entity(name: $0, pronouns: .she) }
      + ["Tom", "Ben", "Max", "Sam", "Leo", "Finn", "Omar", "Jack"].map { Entity(name: $0, pronouns: .he) },
    "elders": ["mother", "grandmother", "aunt", "sister"].map { Entity(name: $0, pronouns: .she) }
      + ["father", "grandfather", "uncle", "brother"].map { Entity(name: $0, pronouns: .he) },
    "animals": ["dog", "cat", "rabbit", "duck", "owl", "fox", "goat", "pony", "hedgehog", "mouse"].map { Entity(name: $0) },
    "things": [
      "red ball", "blue kite", "old drum", "little boat", "green hat", "toy train", "yellow umbrella", "silver bell", "wooden horse",
      "soft blanket",
    ].map { Entity(name: $0) } + ["new boots", "warm gloves", "shiny marbles", "paper stars"].map { Entity(name: $0, pronouns: .they) },
    "places": ["park", "forest", "garden", "market", "river", "beach", "school", "hill", "barn", "lake"].map { Entity(name: $0) },
    "foods": ["apple pie", "bread", "soup", "honey cake", "plum jam"].map { Entity(name: $0) }
      + ["pancakes", "cookies", "berries"].map { Entity(name: $0, pronouns: .they) },
    "colors": ["red", "blue", "green", "yellow", "white", "purple"].map { Entity(name: $0) },
    "plants": ["rose", "sunflower", "apple tree", "pumpkin", "bean"].map { Entity(name: $0) },
  ]

  static let rules: [String: [String]] = beginnings.merging(troubles) { first, _ in first }.merging(endings) { first, _ in first }

  /// The structure and the openings of stories.
  private static let beginnings: [String: [String]] = [
    "story": [
      "<opening> <owns> <loss> <search> <found> <close>",
      "<opening> <rain> <indoors> <close>",
      "<opening> <owns> <quarrel> <peace> <close>",
      "<opening> <night> <light> <close>",
      "<opening> <hunger> <cooking> <close>",
      "<opening> <planting> <growing> <close>",
      "<opening> <stray> <caring> <close>",
      "<opening> <broken> <repair> <close>",
      "<opening> <race> <prize> <close>",
      "<opening> <birthday> <present> <close>",
    ],
    "opening": [
      "Once there was a <kind> <child> called {hero}.", "{hero} was a <kind> <child> who lived near the {place}.",
      "One <morning>, {hero} woke up early.", "{hero} lived in a small house with {hero.his} {elder}.",
      "It was a <weather> day, and {hero} was at home with {hero.his} {elder}.",
    ],
    "child": ["child", "little child", "young child"],
    "kind": ["kind", "brave", "quiet", "cheerful", "curious", "clever"],
    "morning": ["morning", "summer morning", "cold morning", "Sunday"],
    "weather": ["sunny", "warm", "windy", "bright", "cold"],
    "owns": [
      "{hero.He} had {a thing}. {thing.He} {thing.was} {hero.his} favorite.", "{hero.His} {elder} had given {hero.him} {a thing}.",
      "{hero} loved the {thing} that {hero.he} had got from {hero.his} {elder}.",
    ],
  ]

  /// Problems and wishes.
  private static let troubles: [String: [String]] = [
    "loss": [
      "One day, {hero} took the {thing} to the {place}, but when {hero.he} came home, the {thing} {thing.was} gone.",
      "{hero} went to the {place} to play. {hero.He} ran so fast that {hero.he} lost the {thing}.",
      "The wind was strong at the {place}. It blew the {thing} away, and {hero} could not see {thing.him} any more.",
    ],
    "search": [
      "{hero} was sad. \"Where {thing.is} my {thing}?\" {hero.he} asked. <help>",
      "{hero} looked under the bed and behind the door, but {thing.he} {thing.was} not there. <help>",
      "{hero} began to cry because {hero.he} wanted the {thing} back. <help>",
    ],
    "help": [
      "{friend} heard {hero.him}. \"Do not worry,\" said {friend}. \"I will help you look.\"",
      "\"Let us go back to the {place},\" said {friend}. \"We will look together.\"",
      "{hero.His} {elder} said, \"Think. Where did you play last?\" \"At the {place},\" said {hero}. So they went back.",
    ],
    "rain": [
      "{hero} wanted to go to the {place}, but it began to rain. \"I cannot play outside,\" said {hero}, \"because I will get wet.\"",
      "{hero} and {friend} were on their way to the {place} when dark clouds came. Soon it was raining, so they ran home.",
    ],
    "quarrel": [
      "{friend} saw the {thing} and wanted {thing.him} too. \"{thing.He} {thing.is} mine,\" said {hero}. {friend} was angry and went away.",
      "{friend} asked, \"May I play with the {thing}?\" \"No,\" said {hero}. So {friend} sat alone by the {place}.",
      "{hero} and {friend} both pulled at the {thing}. \"Let go!\" said {hero}. \"You let go!\" said {friend}. Then neither of them was happy.",
    ],
    "night": [
      "At night, {hero} could not sleep because it was dark. {hero.He} heard a strange noise.",
      "When the lamp went out, {hero} was afraid. \"There is something in my room,\" {hero.he} whispered.",
    ],
    "hunger": [
      "{hero} was hungry. \"Can we make {food}?\" {hero.he} asked. \"Yes,\" said {hero.his} {elder}, \"but we must work together.\"",
      "{friend} was coming to visit, so {hero} wanted to make {food}. \"I will show you how,\" said {hero.his} {elder}.",
    ],
    "planting": [
      "{hero} found a small seed at the {place}. \"What will it be?\" {hero.he} asked. \"Plant it, and you will see,\" said {hero.his} {elder}.",
      "{hero.His} {elder} gave {hero.him} a seed. \"It needs water and sun,\" said {hero.his} {elder}. {hero} put it into the ground.",
    ],
    "stray": [
      "At the {place}, {hero} saw {a animal}. It was small and <poor>, and it had no home.",
      "{hero} heard a soft sound near the {place}. It was {a animal}. It was <poor>.",
      "{hero} and {friend} found {a animal} at the {place}. \"Look, it is <poor>,\" said {friend}.",
    ],
    "poor": ["cold", "hungry", "lost", "afraid"],
    "broken": [
      "{hero} was playing with the {thing} of {hero.his} friend {friend}. There was a loud crack, and {thing.he} {thing.was} broken.",
      "{hero} dropped the {thing} that belonged to {friend}. Now {thing.he} {thing.was} broken. \"Oh no,\" said {hero}.",
    ],
    "race": [
      "There was a race at the {place}. {hero} wanted to win, and so did {friend}. They ran as fast as they could.",
      "\"I can run faster than you,\" said {friend}. \"Let us race to the {place},\" said {hero}. One, two, three, and off they went.",
    ],
    "birthday": [
      "It was the birthday of {friend}, and {hero} had no present. {hero.He} had only a little money.",
      "\"Tomorrow is my birthday,\" said {friend}. {hero} wanted to give {friend.him} something special.",
    ],
  ]

  /// Solutions and endings.
  private static let endings: [String: [String]] = [
    "found": [
      "They looked everywhere. At last, {friend} saw something {color} in the grass. It was a flower, but behind it {thing.was} the {thing}!",
      "By the {place} sat {a animal}. Next to it {thing.was} the {thing}. \"Thank you for taking care of {thing.him}, little {animal},\" said {hero}.",
      "Up in a tree {thing.was} the {thing}. {friend} climbed up and brought {thing.him} down. \"Thank you, {friend},\" said {hero}.",
    ],
    "indoors": [
      "\"Then we will play inside,\" said {hero.his} {elder}. They built a {color} tent out of a blanket, and {friend} told a story about {a animal}.",
      "{hero.His} {elder} took out paper and paint. {hero} painted {a animal}, and {friend} painted {a thing}. When the rain stopped, they did not even notice.",
      "They sat by the window and ate {food}. When the sun came back, there was a rainbow over the {place}. \"Look!\" said {hero}. \"The rain made it.\"",
    ],
    "peace": [
      "{hero} felt bad, because playing alone was no fun. {hero.He} went to {friend} and said, \"I am sorry. We can share.\" {friend} smiled, and they played until it was dark.",
      "{hero.His} {elder} said, \"A friend is better than {a thing}.\" {hero} thought about it. Then {hero.he} gave the {thing} to {friend} and said, \"You may have the first turn.\"",
      "Then {friend} brought {a other}. \"If I may play with the {thing}, you may play with the {other},\" said {friend}. {hero} liked that, so they shared both.",
    ],
    "light": [
      "{hero.His} {elder} came with a candle. They looked under the bed. There was only {a animal}! It was more afraid than {hero}. They laughed, and {hero} fell asleep.",
      "{hero} took a deep breath and opened the curtain. The noise was only a branch at the window. \"I am not afraid any more,\" said {hero}, and {hero.he} went back to bed.",
      "\"Hold my hand,\" said {hero.his} {elder}. \"The dark is only the day with its eyes closed.\" {hero} held the hand and soon {hero.he} was asleep.",
    ],
    "cooking": [
      "{hero} washed {hero.his} hands and mixed the flour. {hero.His} {elder} lit the oven. Soon the kitchen smelled sweet. The {food} {food.was} ready, and everybody ate.",
      "They worked all morning. {hero} spilled some milk, but {hero.his} {elder} only laughed. When the {food} {food.was} done, {hero} took some to {friend}. \"{food.He} {food.is} very good,\" said {friend}.",
    ],
    "growing": [
      "Every day {hero} gave it water. For a long time nothing happened. Then one morning there was a little green leaf. It grew and grew until it was {a plant}. \"I waited, and it came,\" said {hero}.",
      "{hero} forgot to water it, and the leaves hung down. \"It is thirsty,\" said {friend}. So they gave it water, and the next day {a plant} stood there, tall and {color}.",
    ],
    "caring": [
      "{hero} gave the {animal} some {food}, because it had not eaten for days. The {animal} came closer. \"May we keep it?\" {hero} asked. \"Yes,\" said {hero.his} {elder}, \"if you look after it.\"",
      "{hero} wrapped the {animal} in a {color} scarf and took it home. {hero.His} {elder} made a bed for it in a box. The next day the {animal} was well again, and it followed {hero} everywhere.",
      "\"Where is your mother?\" {hero} asked the {animal}. They went along the {place} until they heard a call. It was the mother of the {animal}! She was so glad that she danced.",
    ],
    "repair": [
      "{hero} wanted to hide the {thing}, but {hero.he} knew that this was wrong. {hero.He} went to {friend} and told the truth. \"I am glad that you told me,\" said {friend}. They mended the {thing} with glue and string.",
      "{hero} asked {hero.his} {elder} for help. \"First say that you are sorry,\" said {hero.his} {elder}, \"and then we will mend {thing.him}.\" {hero} did so, and in the evening the {thing} {thing.was} as good as new.",
    ],
    "prize": [
      "{friend} was first, but then {friend.he} fell and hurt {friend.his} knee. {hero} stopped and helped {friend.him} up. They walked to the end together, and both of them won.",
      "{hero} was slow at first, but {hero.he} did not stop. {friend} was tired and sat down. So {hero} came first. \"You never gave up,\" said {friend}, \"so you won.\"",
      "Then {a animal} ran between them and was faster than both! {hero} and {friend} laughed so much that they had to sit down.",
    ],
    "present": [
      "So {hero} made {a thing} with {hero.his} own hands. {hero.He} worked until late, and painted {thing.him} {color}. \"This is the best present of all,\" said {friend}, \"because you made {thing.him} for me.\"",
      "{hero} went to the market and saw {a thing}. {thing.He} {thing.was} not cheap, so {hero} helped the old woman there carry her baskets. \"You may have {thing.him},\" she said, \"because you were kind.\" {friend} was very happy.",
    ],
    "close": [
      "From that day on, {hero} was not afraid to ask for help.", "{hero} was happy. It had been a good day.",
      "That evening, {hero} told {hero.his} {elder} all about it.",
      "\"Tomorrow I will tell {friend} all about it,\" said {hero}.", "And {hero} never forgot that day.",
      "Then they went home, because it was time for dinner.",
    ],
  ]
}
