"""The project's own settings, for a test run: a data folder of this run alone, so that runs beside each other never meet.

The environment is set here because nothing of the project may be imported before. A developer's `.env` has no say.
"""

import atexit
import os
import shutil
import tempfile

os.environ["ENV_FILE"] = os.devnull
os.environ["GPTLAB_PROFILE"] = "test"
os.environ["GPTLAB_DATA"] = tempfile.mkdtemp(prefix="gptlab-test-")
atexit.register(shutil.rmtree, os.environ["GPTLAB_DATA"], ignore_errors=True)

from gptlab.settings import *

ALLOWED_HOSTS += ["testserver"]
STATIC_ROOT.mkdir(parents=True)  # the middleware that serves it warns if it is not there
