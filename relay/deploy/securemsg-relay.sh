#!/bin/sh
# The administrator's command: install it as /usr/local/sbin/securemsg-relay (mode 0755) and call it as root.
# It becomes the relay's user, to whom the data folder belongs, and names the configuration.
exec runuser -u securemsg-relay -- \
    /opt/securemsg/bin/securemsg-relay --config /etc/securemsg-relay/relay.toml "$@"
