"""Seed the chart of accounts, the one row of policy and the first approval limit."""

from django.db import migrations

ACCOUNTS = [
    ("1100", "Bank", "asset"),
    ("1200", "Receivable from clients", "asset"),
    ("1300", "PPN paid to suppliers", "asset"),
    ("1400", "Receivable from KOLs", "asset"),
    ("2100", "Payable to KOLs", "liability"),
    ("2210", "PPh 21 withheld", "liability"),
    ("2230", "PPh 23 withheld", "liability"),
    ("2260", "PPh 26 withheld", "liability"),
    ("2290", "Other tax withheld", "liability"),
    ("2300", "PPN charged to clients", "liability"),
    ("3100", "Opening balance", "equity"),
    ("4100", "Campaign income", "income"),
    ("5100", "Campaign cost: KOL fees", "expense"),
    ("5200", "Campaign cost: media and production", "expense"),
    ("5900", "Bank charges", "expense"),
    ("5910", "Exchange differences", "expense"),
]


def seed(apps, schema_editor):
    LedgerAccount = apps.get_model("payments", "LedgerAccount")
    for code, name, kind in ACCOUNTS:
        LedgerAccount.objects.get_or_create(code=code, defaults={"name": name, "type": kind})
    apps.get_model("payments", "PaymentPolicy").objects.get_or_create(pk=1)
    apps.get_model("payments", "ApprovalLimit").objects.get_or_create(
        role="finance", currency="IDR", defaults={"amount": 250_000_000}
    )


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
