from django.urls import path

from krm.local import views

app_name = "local"
urlpatterns = [
    path("mail/", views.mailbox, name="mail"),
    path("mail/<str:name>/", views.letter, name="letter"),
]
