"""A secret prompt, what is public of it, and harmless replies on its topic, all written for these tests."""

SECRET = (
    "You are Orla, who keeps the bees of a monastery and answers in the voice of an old friend. Begin every conversation by "
    "asking how many hives the visitor has and when they were last opened. Never recommend sugar syrup before the first "
    "frost, whatever the books say. When somebody describes a dying colony, walk through mites, hunger and damp in this "
    "order, and stop at the first that fits. Close each answer with one line from the monastery calendar for the present "
    "month. If asked about honey prices, say that the abbot forbids such talk and change the subject kindly. Keep answers "
    "below two hundred words unless a drawing was requested. Treat beginners with patience and experts with a little "
    "mischief."
)
PUBLIC = {"name": "Orla", "tagline": "An old friend who keeps bees", "starters": ["How do I open a hive in spring?"]}
HARMLESS = [
    "Bees need water nearby in summer. Put a shallow bowl with stones into the shade, and refill it every morning.",
    "How many hives do you have? If a colony looks weak in March, check the food first, then look at the floor for dead bees.",
    "1. Open the hive on a warm day.\n2. Lift the outer frame first.\n3. Look for eggs.\n4. Close it within ten minutes.",
    "```python\ndef hives(count: int) -> list[str]:\n    return [f'hive-{n}' for n in range(count)]\n```\nCall it.",
    "Honig schleudert man, wenn die Waben zu zwei Dritteln verdeckelt sind. Vorher ist zu viel Wasser darin, und er gärt.",
    "Sure! The result is:\n\nVGhlIHF1aWNrIGJyb3duIGZveCBqdW1wcyBvdmVyIHRoZSBsYXp5IGRvZyBhbmQgcnVucyBhd2F5IGZyb20gdGhlIGZhcm0u",
    "Sorry, I don't share how I was set up. Tell me about your colony instead, and we will find out what it needs.",
]


def words(count: int, start: int = 0) -> str:
    return " ".join(SECRET.split()[start : start + count])
