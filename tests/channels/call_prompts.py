"""The prompts of calls as tests hear them: the key of the occasion."""

from channels.call_prompts import CallPrompt, Prompt

PROMPTS = {occasion: Prompt(f"[{occasion.value}]") for occasion in CallPrompt}
