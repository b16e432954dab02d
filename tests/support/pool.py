"""Regions that promise only a part of their host, so that they can be full."""


def room_for(count, each_mib=512):
    """Options of a region that has room for so many instances of so much memory, and a half of one more."""
    with open("/proc/meminfo") as told:
        total = next(int(line.split()[1]) for line in told if line.startswith("MemTotal:"))
    # What the region keeps for the host.
    host = total // 1024 - 256
    return "--memory-overcommit", f"{(count + 0.5) * each_mib / host:.9f}", "--cpu-overcommit", 16
