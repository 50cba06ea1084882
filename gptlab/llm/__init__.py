"""Everything that knows that OpenAI exists. The rest of the project speaks in `gptlab.llm.messages`."""
