from django.apps import AppConfig


class MoneyConfig(AppConfig):
    name = "krm.money"
    label = "money"
