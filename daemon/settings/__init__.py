from daemon.settings.load import DEFAULT, Settings, SettingsError, load, loads, parse

__all__ = ["DEFAULT", "Settings", "SettingsError", "load", "loads", "parse"]
