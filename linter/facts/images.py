"""What a container image reference says.

Sources, read 2026-11-24:
- https://github.com/distribution/reference (grammar of `[host[:port]/]path[:tag][@digest]`): the first part is a host
  when it holds a dot or a colon, or is `localhost`; else the image is Docker Hub's. A reference without a tag means
  `latest`.
- https://learn.microsoft.com/azure/container-registry/container-registry-image-tag-version: stable tags move, unique
  tags do not.
- https://learn.microsoft.com/azure/azure-functions/functions-infrastructure-as-code: `linuxFxVersion` is
  `DOCKER|image` or a runtime with its version; https://learn.microsoft.com/cli/azure/webapp/sitecontainers: `COMPOSE|…`
  for several containers.
"""

from __future__ import annotations

from typing import Final, NamedTuple

FLOATING_TAGS: Final = ("latest", "stable", "main", "master", "dev", "develop", "nightly", "edge")
"""Tags that name a moving head and no version."""
OWN_HOSTS: Final = ("*.azurecr.io", "mcr.microsoft.com")
DOCKER_HUB: Final = "docker.io"


class Image(NamedTuple):
    """`host` is in lower case, `docker.io` where none is written; `tag` and `digest` are empty where none is
    written."""

    host: str
    path: str
    tag: str
    digest: str


def parse_image(reference: str) -> Image:
    """The parts of an image reference. Never raises: what is no reference has no tag."""
    text = reference.strip()
    text, _, digest = text.partition("@")
    head, slash, rest = text.partition("/")
    if slash and ("." in head or ":" in head or head.lower() == "localhost"):
        host = head.lower()
    else:
        host, rest = DOCKER_HUB, text
    path, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:
        path, tag = rest, ""
    return Image(host, path, tag, digest)


def container_setting(version: str) -> str | None:
    """The image in App Service's `linuxFxVersion`/`windowsFxVersion`; None where it names a runtime or a compose
    file."""
    kind, bar, image = version.partition("|")
    return image.strip() if bar and kind.strip().lower() == "docker" and image.strip() else None


def floating(tag: str, words: tuple[str, ...] | list[str] = FLOATING_TAGS) -> bool:
    """Is this tag one that moves? An absent tag means `latest`."""
    return not tag or tag.lower() in {str(word).lower() for word in words}
