from daemon.settings.load import DEFAULT, Settings, SettingsError, load, parse

__all__ = ["DEFAULT", "Settings", "SettingsError", "load", "parse"]
