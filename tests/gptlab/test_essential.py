import subprocess
import sys

SCRIPT = """
import asyncio
from gptlab.essential import run_for_ever

async def loop():
    {body}

async def main():
    task = run_for_ever(loop(), name="the writer")
    await asyncio.sleep(0.2)
    {after}
    print("still here")

asyncio.run(main())
"""


def outcome(body, after="pass"):
    script = SCRIPT.format(body=body, after=after)
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False)


def test_a_loop_that_fails_takes_its_process_along_without_its_words():
    ended = outcome("raise ValueError('what the visitor said')")
    assert ended.returncode == 70
    assert "the writer has ended (ValueError)" in ended.stderr
    assert "what the visitor said" not in ended.stderr


def test_a_loop_that_is_cancelled_with_its_process_does_not():
    ended = outcome("await asyncio.sleep(60)", "task.cancel()")
    assert (ended.returncode, ended.stdout) == (0, "still here\n")
