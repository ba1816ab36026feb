"""The Celery application; `celery -A config.celery worker`."""

import os
import warnings

from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import worker_process_init

from core.garbage import collect_rarely

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# It warns root at every start. Whether root runs Lineside was decided before; the tasks' messages are JSON,
# so that the danger which it means, unpickling, is none here.
warnings.filterwarnings("ignore", category=SecurityWarning)

worker_process_init.connect(lambda **_: collect_rarely(), weak=False)

app = Celery("lineside")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
