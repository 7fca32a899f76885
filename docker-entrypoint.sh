#!/bin/sh
# A Beam runner starts the image as a worker, with the options of Beam's boot program; a person starts it as `vigie …`.
case "${1:-}" in
    --id=* | --id | --worker_pool | --logging_endpoint=* | --control_endpoint=* | --provision_endpoint=*) exec /opt/apache/beam/boot "$@" ;;
    *) exec vigie "$@" ;;
esac
