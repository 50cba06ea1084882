# One image for every process of a production installation; compose.yaml says which command each runs.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --requirement requirements.txt
COPY . .
# Static files are collected here, once. The secrets made meanwhile belong to a folder that stays behind.
RUN ENV_FILE=/dev/null GPTLAB_DATA=/tmp/build STATIC_ROOT=/static /venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
    && /venv/bin/python -m compileall -q gptlab accounts assistants chats

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin gptlab
COPY --from=build /venv /venv
COPY --from=build /static /static
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 GPTLAB_PROFILE=production STATIC_ROOT=/static ENV_FILE=/dev/null
USER gptlab
EXPOSE 8000
# Exactly one proxy stands in front (deploy/): it alone reaches this port, and says who the visitor is.
CMD ["uvicorn", "gptlab.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--loop", "uvloop", "--http", "httptools", \
     "--backlog", "4096", "--no-access-log", "--no-server-header", "--proxy-headers", "--forwarded-allow-ips", "*", \
     "--timeout-graceful-shutdown", "5"]
