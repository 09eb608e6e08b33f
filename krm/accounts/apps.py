from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "krm.accounts"
    label = "accounts"
