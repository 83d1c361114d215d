"""Reference cloud for EU battery passports.

The server keeps what others have signed and never asks to be trusted for it: a passport is the
operator's verifiable credential, a status record is signed by the battery's own key. The package
holds the server (`app`), the gateway between devices and the server (`gateway`), the provisioning
station of a production line (`provision`) and a client (`client`).
"""

__version__ = "0.1.0"
