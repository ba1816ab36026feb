"""The Celery application; `celery -A config.celery worker`."""

import os
import warnings

from celery import Celery
from celery.platforms import SecurityWarning

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# It warns root at every start. Whether root runs Lineside was decided before; the tasks' messages are JSON,
# so that the danger which it means, unpickling, is none here.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("lineside")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
